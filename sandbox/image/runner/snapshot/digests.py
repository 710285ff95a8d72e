"""A digest of what each variable holds, which tells whether it changed: of its contents, and not of how they lie in memory."""

import enum
import sys
import time
import types

import xxhash
from cloudpickle import cloudpickle as internals

from .arrays import PIECE, pieces_of, repeats
from .arrow import holds_arrow
from .live import Token
from .pickler import NamespacePickler, is_filled
from .unchanged import PLAIN

SECONDS = 2
"""CPU time for all variables of a capture, of which each may take half of what is left; else it has no digest."""

DIGITS = 16
"""Of the hexadecimal ones: enough to tell two contents apart."""

TRUSTED = PLAIN | frozenset(("__main__", "_collections", "dataclasses", "enum", "random", "sklearn"))
"""Where types come from whose pickles tell nothing but what they hold: reading one, or restoring it, leaves them the same."""

ROWS = 64 * 1024
"""Of a column in Arrow's memory, brought together at a time."""

_CODE = (
    "co_argcount co_posonlyargcount co_kwonlyargcount co_flags co_code co_consts co_names co_varnames co_name co_qualname "
    "co_exceptiontable co_freevars co_cellvars"
).split()  # Not where it stood: the same cell may run again, as another one.

_INCIDENTAL = {"__slotnames__", "__firstlineno__"}
_OF_PANDAS = {"_cache", "_readonly"}
"""What its objects note of their use."""


class _Opaque(Exception):
    """There are no contents to go by, or too much of them."""


def digests(variables, namespace, live, numpy):
    """Pairs of name and digest, as hexadecimal, for those variables that can have one."""
    contents = _Contents(namespace, live, numpy)
    found = []
    for name, value in variables.items():
        if name.startswith("_"):
            # Nobody is shown it.
            continue
        try:
            found.append([name, contents.variable(value).hex()[:DIGITS]])
        except BaseException:  # A variable's own code may raise anything.
            continue
    return found


class _Contents:
    def __init__(self, namespace, live, numpy):
        self.namespace = namespace
        self.numpy = numpy
        self._live = live
        self._last = time.thread_time() + SECONDS
        self._end = self._last
        self._definitions = {}
        self._open = []
        self._idle = []

    def variable(self, value):
        now = time.thread_time()
        self._end = now + (self._last - now) / 2
        return self.digest(value)

    def digest(self, value):
        pickler = self._idle.pop() if self._idle else self._pickler()
        pickler.sum.reset()
        pickler.dump(value)
        self._idle.append(pickler)
        return pickler.sum.digest()

    def _pickler(self):
        pickler = _Pickler(self)
        pickler.refer_to(self._live)
        # Without a memo: whether two equal texts are one object is no content. What contains itself has no digest.
        pickler.fast = True
        return pickler

    def definition(self, obj, parts):
        """The digest of a class or function of the user's own, by what `parts` gives of it; they may refer to each other."""
        if obj in self._open:
            return self._open.index(obj)
        if not self._open and id(obj) in self._definitions:
            return self._definitions[id(obj)]
        self._open.append(obj)
        try:
            found = self.digest(parts(obj))
        finally:
            self._open.pop()
        if not self._open:
            self._definitions[id(obj)] = found
        return found

    def spend(self):
        if time.thread_time() > self._end:
            raise _Opaque


class _Pickler(NamespacePickler):
    def __init__(self, contents):
        self.sum = xxhash.xxh3_128()
        super().__init__(self, self._add, contents.namespace, contents.numpy)
        self._contents = contents

    def write(self, data):
        self._contents.spend()
        self.sum.update(data)
        return len(data)

    def _add(self, view):
        self._contents.spend()
        self.sum.update(b"%d," % len(view))
        self.sum.update(view)

    def persistent_id(self, obj):
        kind = type(obj)
        return self._elements(obj) if kind is set or kind is frozenset else None

    def reducer_override(self, obj):
        kind = type(obj)
        if isinstance(obj, (type, types.FunctionType)):
            return self._definition(obj)
        library = kind.__module__.partition(".")[0]
        if library not in TRUSTED and not library.startswith("_cython_") and kind is not Token:
            raise _Opaque
        if kind is self._array:
            return self._array_contents(obj)
        if kind is types.CodeType:
            return _parts("code", *[getattr(obj, name) for name in _CODE])
        if isinstance(obj, (set, frozenset)):
            make, (_, *more), *rest = obj.__reduce_ex__(5)
            return make, (frozenset(obj), *more), *rest
        if holds_arrow(kind):
            return self._column_contents(obj)
        if library == "pandas":
            return _pandas_contents(obj)
        arrow = sys.modules.get("pyarrow")
        if arrow is not None and isinstance(obj, arrow.Array):
            return _arrow_contents(obj, arrow)
        return super().reducer_override(obj)

    def _definition(self, obj):
        if obj.__module__ == "builtins" or internals._should_pickle_by_reference(obj):
            return super().reducer_override(obj)
        parts = _class_parts if isinstance(obj, type) else _function_parts
        return _parts("definition", self._contents.definition(obj, parts))

    def _array_contents(self, array):
        if repeats(array) or not array.nbytes:
            return super().reducer_override(array)
        if array.dtype.hasobject:
            return _parts("array", array.dtype, array.shape, array.reshape(-1).tolist())
        if array.dtype.names:
            # Not what lies between them.
            return _parts("fields", array.dtype, array.shape, [array[name] for name in array.dtype.names])
        order, pieces = pieces_of(array)
        contents = xxhash.xxh3_128()
        for piece in pieces:
            self._contents.spend()
            contents.update(piece)
        return _parts("array", array.dtype, array.shape, order, contents.digest())

    def _column_contents(self, array):
        """However many pieces it is in."""
        arrow = sys.modules["pyarrow"]
        whole, pieces = array._pa_array, []
        for start in range(0, len(whole), ROWS):
            self._contents.spend()
            pieces.append(_arrow_contents(whole.slice(start, ROWS).combine_chunks(), arrow))
        return _parts("column", array.dtype, len(whole), pieces)

    def _elements(self, elements):
        """In an order that does not depend on where in memory they are."""
        kinds = set(map(type, elements))
        if len(kinds) == 1 and kinds <= {str, bytes, int}:
            return sorted(elements)
        return sorted(map(self._contents.digest, elements))


def _parts(*values):
    return tuple, (values,)


def _function_parts(func):
    cells = [[cell.cell_contents] if is_filled(cell) else [] for cell in func.__closure__ or ()]
    return [func.__code__, func.__module__, func.__doc__, func.__defaults__, func.__kwdefaults__, vars(func), cells]


def _class_parts(cls):
    is_enum = issubclass(cls, enum.Enum)
    attributes, _ = (internals._enum_getstate if is_enum else internals._class_getstate)(cls)
    own = sorted(item for item in attributes.items() if item[0] not in _INCIDENTAL)
    members = [(member.name, member.value) for member in cls] if is_enum else []
    return [type(cls), cls.__name__, cls.__qualname__, cls.__bases__, own, members]


def _pandas_contents(obj):
    if type(obj).__name__ == "BlockManager":
        # Columns lie together or apart, as it was last convenient to pandas.
        return _parts("frame", list(obj.axes), [obj.iget_values(index) for index in range(len(obj.items))])
    reduced = obj.__reduce_ex__(5)
    if isinstance(reduced, str) or len(reduced) < 3:
        return reduced
    make, arguments, state, *rest = reduced
    return make, arguments, _without_notes(state), *rest


def _without_notes(state):
    if type(state) is tuple:
        return tuple(part for part in map(_without_notes, state) if type(part) is not dict or part)
    if type(state) is dict:
        return {key: value for key, value in state.items() if key not in _OF_PANDAS}
    return state


def _arrow_contents(array, arrow):
    if array.nbytes < PIECE:
        # Without what lies around a slice.
        array = arrow.concat_arrays([array, array[:0]])
    buffers = array.buffers()
    if not array.null_count:
        buffers[:1] = [None]
    parts = [None if buffer is None else xxhash.xxh3_128_digest(buffer) for buffer in buffers]
    dictionary = getattr(array, "dictionary", None)
    return _parts("arrow", str(array.type), len(array), array.offset, parts, dictionary)
