"""Tells cheaply whether a small namespace is what was captured last, so that no process is forked to find that out."""

import sys
import time
import types

import xxhash

from .live import Token
from .pickler import NamespacePickler

STREAM = 256 * 1024
BUFFERS = 8 * 1024 * 1024
SECONDS = 0.01
ELEMENTS = 20_000
"""How much is looked at, seconds of CPU time: beyond it, a fork is the cheaper way."""

PLAIN = frozenset(
    "builtins collections datetime decimal fractions functools numpy operator pandas pathlib pyarrow re types uuid zoneinfo".split()
)
"""Where types come from whose pickling runs no code of the user's and leaves them as they are."""

LIBRARIES = frozenset(("numpy", "pandas", "pyarrow"))


class _Opaque(Exception):
    """It takes a capture to tell."""


def imprint(namespace, variables, live, state, numpy):
    """What a capture would write, as a value to compare; None where that cannot be told quickly and without side effects."""
    sink = _Sink()
    try:
        if any(map(_is_large, variables.values())):
            return None
        pickler = _Pickler(sink, namespace, numpy)
        pickler.refer_to(live)
        pickler.dump(state)
        for name, value in variables.items():
            pickler.dump(name)
            pickler.dump(value)
    except Exception:
        # A capture will name what cannot be kept.
        return None
    return sink.parts


def _is_large(obj):
    """Whether a library's object says so."""
    kind = type(obj)
    return kind.__module__.partition(".")[0] in LIBRARIES and hasattr(kind, "nbytes") and obj.nbytes > BUFFERS


class _Sink:
    def __init__(self):
        self.parts = []
        self._stream = STREAM
        self._buffers = BUFFERS

    def write(self, data):
        self._stream -= len(data)
        if self._stream < 0:
            raise _Opaque
        self.parts.append(bytes(data))
        return len(data)

    def store(self, view):
        self._buffers -= len(view)
        if self._buffers < 0:
            raise _Opaque
        self.parts.append(xxhash.xxh3_128_digest(view))


class _Pickler(NamespacePickler):
    def __init__(self, sink, namespace, numpy):
        super().__init__(sink, sink.store, namespace, numpy)
        self._end = time.thread_time() + SECONDS

    def reducer_override(self, obj):
        kind = type(obj)
        library = kind.__module__.partition(".")[0]
        # Functions of compiled libraries go by their names.
        if library not in PLAIN and not library.startswith("_cython_") and kind is not Token:
            raise _Opaque
        if kind is self._array and obj.dtype.hasobject and obj.size > ELEMENTS:
            raise _Opaque
        # Before a library brings it together in a copy.
        if _is_large(obj):
            raise _Opaque
        if kind is types.ModuleType and obj.__name__ not in sys.modules:
            raise _Opaque
        if isinstance(obj, type) and obj.__module__ == "__main__":
            raise _Opaque
        if time.thread_time() > self._end:
            raise _Opaque
        return super().reducer_override(obj)
