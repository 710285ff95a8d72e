"""What a cell is told that writes where nothing can be written."""

import errno


def hint(error: BaseException) -> str | None:
    """Which places can be written to, where the error is of one that cannot."""
    if not isinstance(error, OSError) or error.errno != errno.EROFS:
        return None
    return (
        "Files are written into the workspace. What lies beside the notebook is read-only, folders as well: "
        "give a name that nothing there has."
    )
