"""Describes a namespace: every value, and which of them are one and the same object or share memory."""

import hashlib

import numpy as np
import pandas as pd


def fingerprint(namespace):
    seen = {}
    names = sorted(name for name in namespace if name[0] != "_" and name not in ("Out", "np", "pd"))
    return [[name, describe(namespace[name], seen)] for name in names]


def contents_of(namespace):
    """What each variable holds by itself, in which objects are told apart by nothing but that."""
    names = [name for name in namespace if name[0] != "_" and name not in ("Out", "np", "pd")]
    return {name: hashlib.sha1(repr(spell_out(namespace[name], ())).encode()).hexdigest() for name in names}


def spell_out(value, around):
    if any(value is one for one in around):
        return "itself"
    around = (*around, value)
    kind = type(value).__name__
    if isinstance(value, dict):
        return [kind, [[repr(key), spell_out(each, around)] for key, each in value.items()]]
    if isinstance(value, (list, tuple)):
        return [kind, [spell_out(each, around) for each in value]]
    if isinstance(value, np.ndarray):
        order = value.flags.f_contiguous and not value.flags.c_contiguous
        return [kind, str(value.dtype), list(value.shape), order, contents(value)]
    if isinstance(value, (pd.DataFrame, type)) or not hasattr(value, "__dict__"):
        return describe(value, {})
    return [kind, spell_out(vars(value), around)]


def describe(value, seen):
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if id(value) in seen:
        return ["same", seen[id(value)][0]]
    seen[id(value)] = (len(seen), value)
    kind = type(value).__name__
    if isinstance(value, dict):
        return [kind, [[repr(key), describe(each, seen)] for key, each in value.items()]]
    if isinstance(value, (list, tuple)):
        return [kind, [describe(each, seen) for each in value]]
    if isinstance(value, (set, frozenset)):
        return [kind, sorted(map(repr, value))]
    if isinstance(value, np.ndarray):
        return [kind, str(value.dtype), list(value.shape), value.flags.writeable, contents(value), memory(value, seen)]
    if isinstance(value, pd.DataFrame):
        columns = [[repr(name), describe_column(value.iloc[:, i])] for i, name in enumerate(value.columns)]
        return [kind, repr(list(value.index[:5])), columns]
    if isinstance(value, pd.Series):
        return [kind, repr(value.name), describe_column(value)]
    if isinstance(value, type):
        return [kind, value.__qualname__, sorted(vars(value))]
    if callable(value) and hasattr(value, "__code__"):
        return [kind, value.__name__, value.__code__.co_code.hex()]
    if hasattr(value, "__dict__"):
        return [kind, describe(vars(value), seen)]
    return [kind, repr(value)]


def describe_column(column):
    return [str(column.dtype), hashlib.sha1(pd.util.hash_pandas_object(column).values.tobytes()).hexdigest()]


def contents(array):
    if array.dtype.hasobject:
        return repr(array.tolist())
    return hashlib.sha1(np.ascontiguousarray(array).tobytes()).hexdigest()


def memory(array, seen):
    """Which array's memory this one lies in, and where."""
    root = array
    while type(root.base) is np.ndarray:
        root = root.base
    first = seen.setdefault(("memory", id(root)), (len(seen), root))[0]
    return [first, array.ctypes.data - root.ctypes.data, list(array.strides)]
