"""Whether a cell did nothing but show variables: then they are as they were, however large, and nobody need look at them."""

import ast
import builtins
import sys

LONGEST = 1000
"""Characters of a cell, and parts of a container, up to which it is looked at."""

_FUNCTIONS = {
    name: getattr(builtins, name)
    for name in ("abs", "len", "max", "min", "print", "repr", "round", "sorted", "str", "sum", "type")
}
_OF_DATA = frozenset(
    "columns count describe dtype dtypes head index info max mean median min ndim nunique shape size std sum tail".split()
)
"""What is read of arrays, frames and columns."""
_SCALARS = frozenset((bool, bytes, complex, float, int, range, str, type(None)))
_CONTAINERS = frozenset((dict, frozenset, list, set, tuple))
_NODES = (
    *(ast.Module, ast.Expr, ast.Constant, ast.Name, ast.Load, ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice),
    *(ast.JoinedStr, ast.FormattedValue, ast.Tuple, ast.List, ast.BinOp, ast.UnaryOp, ast.Compare),
    *(ast.operator, ast.unaryop, ast.cmpop),
)


def only_shows(code, namespace):
    """False where that cannot be told at once."""
    if len(code) > LONGEST or len(sys._current_frames()) > 1:
        return False
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return all(_is_harmless(node, namespace) for node in ast.walk(tree))


def _is_harmless(node, namespace):
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) or isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS
    if isinstance(node, ast.Attribute):
        value = namespace.get(node.value.id) if isinstance(node.value, ast.Name) else None
        return node.attr in _OF_DATA and _is_data(value)
    if isinstance(node, ast.Name):
        if node.id in namespace:
            return _is_plain(namespace[node.id], [LONGEST])
        return getattr(builtins, node.id, None) is _FUNCTIONS.get(node.id, node)
    return isinstance(node, _NODES)


def _is_data(value):
    return type(value).__module__.partition(".")[0] in ("numpy", "pandas")


def _is_plain(value, left):
    """Whether showing it runs no code of the user's."""
    kind = type(value)
    left[0] -= 1
    if kind in _SCALARS or _is_data(value):
        return True
    if kind not in _CONTAINERS or len(value) > left[0]:
        return False
    parts = [*value, *value.values()] if kind is dict else value
    return all(_is_plain(part, left) for part in parts)
