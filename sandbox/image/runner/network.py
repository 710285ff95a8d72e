"""What a cell is told that wants a network."""

import errno
import socket

LONGEST = 20
# What the system says without a network, and what gVisor does.
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH}


def hint(error: BaseException) -> str | None:
    """That there is none, where that is at the bottom of an error, in whatever a library wrapped it."""
    cause: BaseException | None = error
    for _ in range(LONGEST):
        if isinstance(cause, socket.gaierror) or isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return "The sandbox has no network. What a cell is to read can be put beside the notebook as a file."
        if cause is None:
            return None
        cause = cause.__cause__ or cause.__context__
    return None
