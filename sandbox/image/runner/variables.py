"""The user's variables in a few words each; never by a repr that could be large, slow or of the user's making."""

import datetime
import decimal
import fractions
import reprlib
import sys
import types

MAX_VARIABLES = 1000
PREVIEW = 120
_PLAIN = (int, float, complex, bool, type(None), datetime.date, datetime.time, datetime.timedelta, decimal.Decimal,
          fractions.Fraction)  # fmt: skip
_short = reprlib.Repr()
_short.maxstring = _short.maxother = PREVIEW
_short.maxlong = 60


def listing(shell) -> list[dict]:
    hidden = shell.user_ns_hidden
    found = []
    for name, value in list(shell.user_ns.items()):
        if name.startswith("_") or isinstance(value, types.ModuleType):
            continue
        if name in hidden and hidden[name] is value:
            continue
        found.append({"name": name, **_describe(value)})
        if len(found) == MAX_VARIABLES:
            break
    return found


def _describe(value) -> dict:
    kind = type(value)
    return {"type": kind.__name__, "shape": _shape(value), "bytes": _size(value), "preview": _preview(value)}


def _library(value) -> str:
    return type(value).__module__.partition(".")[0]


def _shape(value) -> str | None:
    if _library(value) in ("numpy", "pandas", "pyarrow"):
        shape = getattr(value, "shape", None)
        return str(tuple(shape)) if isinstance(shape, tuple) and shape else None
    if type(value) in (list, tuple, dict, set, frozenset, str, bytes, bytearray):
        return f"({len(value)},)"
    return None


def _size(value) -> int | None:
    try:
        if _library(value) == "pandas":
            usage = value.memory_usage(deep=False)
            return int(usage if isinstance(usage, (int, float)) else usage.sum())
        if _library(value) in ("numpy", "pyarrow"):
            return int(value.nbytes)
    except (AttributeError, TypeError, ValueError):
        return None
    return sys.getsizeof(value) if type(value).__module__ == "builtins" else None


def _preview(value) -> str:
    kind = type(value)
    if isinstance(value, types.FunctionType):
        return f"def {value.__name__}(…)"
    if isinstance(value, type):
        return f"class {value.__name__}"
    if _library(value) == "pandas":
        columns = getattr(value, "columns", None)
        if columns is not None:
            return _cut(", ".join(map(str, columns[:20])))
        return str(getattr(value, "dtype", kind.__name__))
    if _library(value) == "numpy":
        if getattr(value, "ndim", 1) == 0:
            return _cut(repr(value))
        return str(getattr(value, "dtype", kind.__name__))
    if kind in _PLAIN or kind in (str, bytes, list, tuple, dict, set, frozenset):
        try:
            return _cut(_short.repr(value))
        except Exception:  # something inside has a broken __repr__
            return f"<{kind.__name__}>"
    return f"<{kind.__module__}.{kind.__qualname__}>"


def _cut(text: str) -> str:
    return text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…"
