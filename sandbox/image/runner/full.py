"""What a cell is told whose file does not fit."""

import errno
import os
import resource

TMP = "/tmp"
# Less than this is no room.
LEAST = 1 << 20


def hint(error: BaseException) -> str | None:
    """Which limit it is that a file ran into."""
    if not isinstance(error, OSError):
        return None
    if error.errno == errno.EFBIG:
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        return f"A file may have {limit >> 20} MB, as much as the workspace may hold (SANDBOX_WORKSPACE_SIZE)."
    if error.errno != errno.ENOSPC:
        return None
    place = os.statvfs(TMP)
    if place.f_bavail * place.f_frsize >= LEAST:
        return "The disk that the workspace is on is full."
    size = place.f_blocks * place.f_frsize >> 20
    return f"{TMP} holds {size} MB (SANDBOX_TMP_SIZE), and is full. The workspace, where cells begin, has more room."
