"""What the supervisor knows of the other processes in the container, and of its cgroup."""

import ctypes
import os
import signal
from typing import NamedTuple

PR_SET_DUMPABLE = 4
_libc = ctypes.CDLL(None, use_errno=True)


def set_dumpable(on: bool) -> None:
    """Off: code of the same user can neither read this process's memory and descriptors nor trace it."""
    _libc.prctl(PR_SET_DUMPABLE, int(on), 0, 0, 0)


class Process(NamedTuple):
    pid: int
    parent: int
    group: int
    ended: bool


def everyone() -> list[Process]:
    """The processes of this container without this one, also those that have ended and wait to be reaped."""
    mine = os.getpid()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == mine:
            continue
        if (process := _look(int(name))) is not None:
            found.append(process)
    return found


def _look(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, parent, group = file.read().rpartition(b")")[2].split()[:3]
    except OSError:
        return None
    return Process(pid, int(parent), int(group), state in b"ZX")


def stop_all() -> None:
    """Stops every other process at one blow: the kernel lets none fork in between, so a fork bomb cannot outrun it."""
    try:
        os.kill(-1, signal.SIGSTOP)
    except ProcessLookupError:
        return


def resume_all() -> None:
    try:
        os.kill(-1, signal.SIGCONT)
    except ProcessLookupError:
        return


def exists(pid: int) -> bool:
    """False for one that has ended and was reaped."""
    return _look(pid) is not None


def runs(pid: int) -> bool:
    """False for one that has ended, also where nobody has reaped it yet."""
    found = _look(pid)
    return found is not None and not found.ended


def resume(pid: int) -> None:
    send(pid, signal.SIGCONT)


def send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def send_group(group: int, number: int) -> bool:
    """To all of a group at one blow. False where there is none."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def die_first() -> None:
    """Where memory runs out, this process is to be killed before the supervisor."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("800")
    except OSError:
        pass
