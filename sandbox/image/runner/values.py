"""Variables as values of SQL: one row of a Parquet file, a column for each, in the types that they have."""

import os
from collections.abc import Mapping
from decimal import Decimal

WHOLE = 38
"""Digits of the longest whole number that SQL has exactly."""


def export(namespace: Mapping, names: list[str], path: str) -> dict:
    """Writes them all, or none where one is `missing`. Raises a TypeError for what is no value of SQL."""
    import pyarrow
    import pyarrow.parquet

    from .dataframes import with_plain_durations

    missing = [name for name in names if name not in namespace]
    if missing:
        return {"missing": missing}
    table = pyarrow.table({name: _array(name, namespace[name]) for name in names})
    pyarrow.parquet.write_table(with_plain_durations(table), path, compression="none")
    return {"missing": []}


def _array(name: str, value):
    import pyarrow

    value = _plain(value)
    try:
        return pyarrow.array([value], from_pandas=True)
    except OverflowError:
        if isinstance(value, int) and len(str(abs(value))) <= WHOLE:
            return pyarrow.array([Decimal(value)], pyarrow.decimal128(WHOLE))
        raise TypeError(f"{name} is a number that is too large for SQL") from None
    except pyarrow.ArrowException:
        kind = type(value).__name__
        raise TypeError(f"{name} is of the type {kind}: SQL takes numbers, text, dates and times, and lists of one of them") from None


def _plain(value):
    """Without what only Python tells apart."""
    import uuid

    import numpy
    import pandas

    if isinstance(value, pandas.DataFrame):
        return value  # no value, which Arrow says
    if isinstance(value, (pandas.Series, pandas.Index, numpy.ndarray)):
        return list(value)
    if isinstance(value, (set, frozenset, tuple, range)):
        return list(value)
    if isinstance(value, (uuid.UUID, os.PathLike)):
        return str(value)
    return value
