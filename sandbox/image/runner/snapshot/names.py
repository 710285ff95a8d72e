"""Which names of a namespace are the user's own."""

import re

HISTORY = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[iod]h|_exit_code|In|Out")


def variables_of(namespace, initial):
    """The user's variables: neither IPython's history nor what stood in the namespace before the user's first cell."""
    absent = object()
    return {
        name: value
        for name, value in namespace.items()
        if isinstance(name, str)
        and not HISTORY.fullmatch(name)
        and initial.get(name, absent) is not value
        and value is not namespace
        and name != "__builtins__"
    }
