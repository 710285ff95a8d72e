"""Takes the making of symbolic links from this process and all that come of it.

The host opens files of the workspace by their names: a link that is swapped in after a name was looked at would lead it
to a file of its own. To a program, this is a file system without links, as FAT is one: EPERM says so.
"""

import ctypes
import errno
import platform
import struct

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
ALLOW = 0x7FFF0000
DENY = 0x00050000 | errno.EPERM

LOAD_WORD = 0x20
JUMP_EQUAL = 0x15
JUMP_AT_LEAST = 0x35
RETURN = 0x06

# By machine: its name in a filter, and the calls that make links: symlink, symlinkat, and io_uring_setup, which makes
# any call unseen by filters.
MACHINES = {
    "x86_64": (0xC000003E, (88, 266, 425)),
    "aarch64": (0xC00000B7, (36, 425)),
}
# Numbers from here on are those of the x32 interface, which has calls of its own.
X32 = 0x40000000


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def forbid() -> None:
    """Raises OSError where the kernel takes no filter. Does nothing on a machine whose calls are not known here."""
    known = MACHINES.get(platform.machine())
    if known is None:
        return
    code = _filter(*known)
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)):
        if libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "no filter of system calls could be set")


def _filter(machine: int, calls: tuple[int, ...]) -> bytes:
    """Denies these calls, and all of another machine's: on x86-64, those of 32 bits have other numbers."""
    steps = [(LOAD_WORD, 0, 0, 4), (JUMP_EQUAL, 1, 0, machine), (RETURN, 0, 0, DENY), (LOAD_WORD, 0, 0, 0)]
    for position, call in enumerate(calls):
        steps.append((JUMP_EQUAL, len(calls) - position + 1, 0, call))
    steps += [(JUMP_AT_LEAST, 1, 0, X32), (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, DENY)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
