"""What the cell that is being written imports: known to Tab before the cell has run."""

import ast
import importlib
import importlib.util
import re
import sys
import sysconfig

_IMPORT = re.compile(
    r"^[ \t]*(import[ \t]+[^\n;#]+|from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n;#]+))", re.MULTILINE
)
_INSTALLED = tuple(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))


def imported_in(code: str, known) -> dict:
    """The modules and their parts that `code` gives names which are not in `known`."""
    found = {}
    for match in _IMPORT.finditer(code):
        try:
            (statement,) = ast.parse(match[1]).body
        except (SyntaxError, ValueError):  # it is just being typed
            continue
        for alias in statement.names:
            name = alias.asname or (alias.name if isinstance(statement, ast.ImportFrom) else _top(alias.name))
            if name in known or name in found:
                continue
            try:
                found[name] = _value(statement, alias)
            except Exception:  # whatever a module raises as it is imported: the cell will tell
                continue
    return found


def _value(statement, alias):
    if isinstance(statement, ast.ImportFrom):
        if statement.level:
            raise ImportError("relative")
        module = _module(statement.module)
        return getattr(module, alias.name) if hasattr(module, alias.name) else _module(f"{module.__name__}.{alias.name}")
    module = _module(alias.name)
    return module if alias.asname else sys.modules[_top(alias.name)]


def _module(name: str):
    """The module where it is loaded or installed; the user's own files run with the cell, and not for Tab."""
    top = _top(name)
    if top not in sys.modules and top not in sys.stdlib_module_names:
        spec = importlib.util.find_spec(top)
        if spec is None or not (spec.origin or "").startswith(_INSTALLED):
            raise ImportError(name)
    return importlib.import_module(name)


def _top(name: str) -> str:
    return name.partition(".")[0]
