"""DataFrames to and from Parquet, with their types kept.

Read: integers and booleans with nulls become pandas' nullable types, decimals, dates, times and nested values stay
Arrow-backed, text is pandas' `str`, time stamps keep their unit and zone. Written: as they are; the index only where
it has a name. Both ways durations, which Parquet lacks, go as whole microseconds in columns that the file's metadata names.
"""

import json
import os
from collections.abc import Mapping

DURATIONS = b"worldline.durations"
MAX_FRAMES = 500
MAX_COLUMNS = 1000


def read(path: str):
    import pyarrow
    import pyarrow.parquet

    table = _with_durations(pyarrow.parquet.read_table(path, memory_map=False))
    frame = table.to_pandas(types_mapper=_mapper(table), split_blocks=True, self_destruct=True, ignore_metadata=True)
    _make_writable(frame)
    return frame


def _make_writable(frame):
    """Copies the columns that are still Arrow's memory, which cannot be changed in place, one after another."""
    import numpy
    import pandas

    for position, dtype in enumerate(frame.dtypes):
        if isinstance(dtype, (numpy.dtype, pandas.DatetimeTZDtype)) and dtype.kind in "iufMm":
            frame.isetitem(position, frame.iloc[:, position].copy())


def listing(namespace: Mapping) -> list[dict]:
    """The frames that `export` takes, with the names of their columns as SQL has them; no row of them is looked at."""
    found = []
    for name, value in list(namespace.items()):
        try:
            columns = None if name.startswith("_") else _columns(value)
        except Exception:  # an object of the user's own may raise anything
            continue
        if columns is not None:
            found.append({"name": name, "columns": list(map(str, columns[:MAX_COLUMNS]))})
        if len(found) == MAX_FRAMES:
            break
    return found


def _columns(value) -> list | None:
    import pandas
    import pyarrow

    if isinstance(value, (pyarrow.Table, pyarrow.RecordBatch)):
        return value.schema.names
    if isinstance(value, (pandas.DataFrame, pandas.Series)):
        return list(_plain(value.iloc[:0]).columns)
    if not _is_foreign(value):
        return None
    if len(value.shape) == 1:
        return [_foreign_name(value)]
    columns = getattr(value, "columns", [])
    return columns if isinstance(columns, list) else []


def export(namespace: Mapping, name: str, path: str) -> dict:
    """Writes the frame; `fingerprint` is null where `name` is no frame."""
    import pyarrow
    import pyarrow.parquet

    table = _table(namespace.get(name))
    if table is None:
        return {"fingerprint": None}
    table = with_plain_durations(table)
    part = path + ".part"
    try:
        pyarrow.parquet.write_table(table, part, compression="none", use_dictionary=False, write_statistics=False)
        os.replace(part, path)
    finally:
        if os.path.exists(part):
            os.unlink(part)
    return {"fingerprint": fingerprint(table)}


def fingerprint(table) -> str:
    """Equal for equal tables of one Python process, whatever they are called."""
    import xxhash

    state = xxhash.xxh3_128(table.schema.to_string().encode())
    state.update(str(table.num_rows).encode())
    for column in table.columns:
        for chunk in column.chunks:
            state.update(f"{chunk.offset}:{len(chunk)}".encode())
            for buffer in chunk.buffers():
                if buffer is not None:
                    state.update(buffer)
    return state.hexdigest()


def _table(value):
    import pandas
    import pyarrow

    if isinstance(value, pyarrow.Table):
        return value
    if isinstance(value, pyarrow.RecordBatch):
        return pyarrow.Table.from_batches([value])
    if not isinstance(value, (pandas.DataFrame, pandas.Series)):
        return _foreign(value)
    return pyarrow.Table.from_pandas(_plain(value), preserve_index=False).replace_schema_metadata(None)


def _plain(value):
    """A frame whose columns are named by text: its own, and those of an index that has names."""
    import pandas

    frame = value
    if isinstance(value, pandas.Series):
        frame = value.to_frame(name=value.name if value.name is not None else "value")
    if any(label is not None for label in frame.index.names):
        frame = frame.reset_index()
    if not all(isinstance(label, str) for label in frame.columns):
        frame = frame.copy(deep=False)
        frame.columns = [
            # A name beside others of several levels, such as an index's, is padded.
            "_".join(str(part) for part in label if part != "") if isinstance(label, tuple) else str(label)
            for label in frame.columns
        ]
    return frame


def with_plain_durations(table):
    """Durations as microseconds; raises a TypeError where they are inside of other values."""
    import pyarrow
    from pyarrow import types

    durations = [index for index, field in enumerate(table.schema) if types.is_duration(field.type)]
    for field in table.schema:
        if "duration[" in str(field.type) and not types.is_duration(field.type):
            raise TypeError(f"the column {field.name} has durations inside of other values, which Parquet cannot hold")
    if not durations:
        return table
    for index in durations:
        # DuckDB's intervals have microseconds, as have Python's own: nanoseconds are cut off.
        plain = table.column(index).cast(pyarrow.duration("us"), safe=False).cast(pyarrow.int64())
        table = table.set_column(index, table.schema.field(index).name, plain)
    names = [table.schema.field(index).name for index in durations]
    return table.replace_schema_metadata({DURATIONS: json.dumps(names)})


def _with_durations(table):
    """The columns that hold microseconds as the durations that they are."""
    import pyarrow

    for name in json.loads((table.schema.metadata or {}).get(DURATIONS, b"[]")):
        index = table.schema.get_field_index(name)
        table = table.set_column(index, name, table.column(index).cast(pyarrow.duration("us")))
    return table


def _foreign(value):
    """The frame of another library, such as polars: it has a shape, and gives itself as Arrow as often as it is asked."""
    import pyarrow

    if not _is_foreign(value):
        return None
    if len(value.shape) == 1:
        table = pyarrow.table({_foreign_name(value): pyarrow.chunked_array(value)})
    else:
        table = pyarrow.table(value)
    return table.cast(pyarrow.schema([_without_views(field) for field in table.schema]))


def _is_foreign(value) -> bool:
    if isinstance(value, type) or not hasattr(value, "__arrow_c_stream__"):
        return False
    return isinstance(getattr(value, "shape", None), tuple)


def _foreign_name(series) -> str:
    return getattr(series, "name", None) or "value"


def _without_views(field):
    """The same field in types that Parquet's writer takes at any depth."""
    import pyarrow
    from pyarrow import types

    def plain(kind):
        if types.is_string_view(kind):
            return pyarrow.large_string()
        if types.is_binary_view(kind):
            return pyarrow.large_binary()
        if types.is_dictionary(kind):
            return pyarrow.dictionary(kind.index_type, plain(kind.value_type), kind.ordered)
        if types.is_fixed_size_list(kind):
            return pyarrow.list_(_without_views(kind.value_field), kind.list_size)
        if types.is_large_list(kind):
            return pyarrow.large_list(_without_views(kind.value_field))
        if types.is_list(kind):
            return pyarrow.list_(_without_views(kind.value_field))
        if types.is_struct(kind):
            return pyarrow.struct([_without_views(inner) for inner in kind])
        return kind

    return field.with_type(plain(field.type))


def _mapper(table):
    import pandas
    import pyarrow
    from pyarrow import types

    nullable = {
        pyarrow.int8(): pandas.Int8Dtype(),
        pyarrow.int16(): pandas.Int16Dtype(),
        pyarrow.int32(): pandas.Int32Dtype(),
        pyarrow.int64(): pandas.Int64Dtype(),
        pyarrow.uint8(): pandas.UInt8Dtype(),
        pyarrow.uint16(): pandas.UInt16Dtype(),
        pyarrow.uint32(): pandas.UInt32Dtype(),
        pyarrow.uint64(): pandas.UInt64Dtype(),
        pyarrow.bool_(): pandas.BooleanDtype(),
    }
    with_nulls = {field.type for field, column in zip(table.schema, table.columns) if column.null_count}

    empty = {field.type for field, column in zip(table.schema, table.columns) if column.null_count == len(column)}

    def map_type(kind):
        if kind in nullable:
            return nullable[kind] if kind in with_nulls else None
        if types.is_decimal(kind) or types.is_date(kind) or types.is_time(kind) or types.is_nested(kind):
            return pandas.ArrowDtype(kind)
        # Objects of which none is there would have no type.
        if types.is_binary(kind) and kind in empty:
            return pandas.ArrowDtype(kind)
        return None

    return map_type
