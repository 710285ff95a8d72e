"""What a front end asks of the code that is being typed: completions, help, and whether it is whole."""

import types

from .imports import imported_in


def complete(shell, code: str, cursor: int) -> dict:
    from IPython.core.completer import provisionalcompleter, rectify_completions

    cursor = max(0, min(cursor, len(code)))
    completer = shell.Completer
    known = completer.namespace
    imported = imported_in(code, known)
    try:
        if imported:
            completer.namespace = {**known, **imported}
        with provisionalcompleter():
            found = list(rectify_completions(code, completer.completions(code, cursor)))
    finally:
        completer.namespace = known
    start, end = (found[0].start, found[0].end) if found else (cursor, cursor)
    dots = int(code[start:end].startswith(".") and all(one.text.startswith(".") for one in found))
    matches = [
        {"text": one.text[dots:], "type": _type(shell, one), "signature": one.signature or ""} for one in found[:1000]
    ]
    return {"matches": matches, "start": start + dots, "end": end}


def inspect(shell, code: str, cursor: int, detail: int) -> dict:
    from IPython.utils.tokenutil import token_at_cursor

    try:
        return {"data": shell.object_inspect_mime(token_at_cursor(code, cursor), detail_level=detail)}
    except KeyError:
        return {"data": None}


def is_complete(shell, code: str) -> dict:
    status, indent = shell.check_complete(code)
    return {"status": status, "indent": indent}


def _type(shell, completion) -> str:
    if completion.type and completion.type != "<unknown>":
        return completion.type
    value = shell.user_ns.get(completion.text)
    if isinstance(value, type):
        return "class"
    if isinstance(value, types.ModuleType):
        return "module"
    if value is None:
        return ""
    return "function" if isinstance(value, types.FunctionType) else "instance"
