"""The pickler of a namespace: cloudpickle, with functions bound to the live namespace, views kept, files reopened."""

import sys
import types

import cloudpickle
from cloudpickle import cloudpickle as internals

from .arrays import SMALL, reduce_array
from .arrow import holds_arrow, reduce_arrow
from .files import FILE_TYPES, reduce_file
from .live import Token


class NamespacePickler(cloudpickle.Pickler):
    """Writes one item after another into a stream; an object met again in a later item is a reference to the first."""

    def __init__(self, stream, store_buffer, namespace, numpy):
        super().__init__(stream, protocol=5, buffer_callback=self._buffer)
        self._store_buffer = store_buffer
        self._namespace = namespace
        self._array = getattr(numpy, "ndarray", ())
        # cloudpickle gives functions with the same globals the same dictionary: here, the live one.
        self.globals_ref[id(namespace)] = namespace
        self._cells = set()

    def refer_to(self, objects):
        """Writes an item that names live objects, so that every later mention of one is a reference."""
        tokens = [(Token(name), value) for name, value in objects.items()]
        self.dump([token for token, _ in tokens])
        memo = self.memo.copy()
        for token, value in tokens:
            # In its place, not beside it: the next number to give out is the size of the memo.
            memo[id(value)] = (memo.pop(id(token))[0], value)
        self.memo = memo

    def reducer_override(self, obj):
        kind = type(obj)
        if kind is self._array:
            return reduce_array(obj)
        if holds_arrow(kind):
            return reduce_arrow(obj)
        if kind in FILE_TYPES:
            return reduce_file(obj)
        if kind is types.CellType and id(obj) in self._cells:
            # Its function fills it.
            return internals._make_empty_cell, ()
        if kind is types.CodeType:
            make, parts = internals._code_reduce(obj)
            return make, tuple(sys.intern(part) if type(part) is str else part for part in parts)
        return super().reducer_override(obj)

    def _dynamic_function_reduce(self, func):
        make, (code, *rest, _), (attributes, slots), *_ = super()._dynamic_function_reduce(func)
        cells = slots.pop("__closure__") or ()
        # Functions that share a cell go on sharing it.
        self._cells.update(map(id, cells))
        contents = [(index, cell.cell_contents) for index, cell in enumerate(cells) if is_filled(cell)]
        if func.__globals__ is self._namespace:
            slots["__globals__"] = {}
        state = (contents, attributes, slots)
        return make, (code, *rest, func.__closure__), state, None, None, fill_function

    def _buffer(self, buffer):
        view = buffer.raw()
        if len(view) < SMALL:
            return True
        self._store_buffer(view)
        return False


def fill_function(func, state):
    contents, attributes, slots = state
    for index, value in contents:
        func.__closure__[index].cell_contents = value
    internals._function_setstate(func, (attributes, {**slots, "__closure__": None}))


def is_filled(cell):
    try:
        cell.cell_contents
    except ValueError:
        return False
    return True


def make_deterministic():
    """Keeps random ids, caches and a restored class's order of attributes out of how cloudpickle saves classes.

    Then equal namespaces give equal bytes.
    """
    state_of = internals._class_getstate

    def without_cache(cls):
        attributes, slots = state_of(cls)
        attributes.pop("__slotnames__", None)
        first = {name: attributes[name] for name in ("__module__", "__doc__") if name in attributes}
        return {**first, **attributes}, slots

    internals._class_getstate = without_cache
    internals._get_or_create_tracker_id = lambda _: None
