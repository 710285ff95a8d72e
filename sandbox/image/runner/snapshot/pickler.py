"""The pickler of a namespace: cloudpickle, with functions bound to the live namespace, views kept, files reopened."""

import cloudpickle
from cloudpickle import cloudpickle as internals

from .arrays import SMALL, reduce_array
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
        if kind in FILE_TYPES:
            return reduce_file(obj)
        return super().reducer_override(obj)

    def _dynamic_function_reduce(self, func):
        reduced = super()._dynamic_function_reduce(func)
        if func.__globals__ is self._namespace:
            _, slots = reduced[2]
            slots["__globals__"] = {}
        return reduced

    def _buffer(self, buffer):
        view = buffer.raw()
        if len(view) < SMALL:
            return True
        self._store_buffer(view)
        return False


def make_deterministic():
    """Keeps random ids and caches out of how cloudpickle saves classes, so that equal namespaces give equal bytes."""
    state_of = internals._class_getstate

    def without_cache(cls):
        attributes, slots = state_of(cls)
        attributes.pop("__slotnames__", None)
        return attributes, slots

    internals._class_getstate = without_cache
    internals._get_or_create_tracker_id = lambda _: None
