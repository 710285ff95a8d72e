"""What the supervisor knows of the other processes in the container, and of its cgroup."""

import ctypes
import os
import signal

PR_SET_DUMPABLE = 4
_libc = ctypes.CDLL(None, use_errno=True)


def set_dumpable(on: bool) -> None:
    """Off: code of the same user can neither read this process's memory and descriptors nor trace it."""
    _libc.prctl(PR_SET_DUMPABLE, int(on), 0, 0, 0)


def others(keep: set[int], groups: set[int]) -> list[int]:
    """Living processes of this container, without this one, those to keep, and the process groups to keep."""
    mine = os.getpid()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        pid = int(name)
        if pid == mine or pid in keep:
            continue
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                state, _parent, group = file.read().rpartition(b")")[2].split()[:3]
        except OSError:
            continue
        if state != b"Z" and int(group) not in groups:
            found.append(pid)
    return found


def kill_others(keep: set[int], groups: set[int]) -> None:
    """Kills all but those to keep. First everything is stopped at one blow, so that a fork bomb cannot outrun it."""
    try:
        os.kill(-1, signal.SIGSTOP)
    except ProcessLookupError:
        return
    for pid in others(keep, groups):
        _send(pid, signal.SIGKILL)
    os.kill(-1, signal.SIGCONT)


def exists(pid: int) -> bool:
    """False for one that has ended and was reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def resume(pid: int) -> None:
    _send(pid, signal.SIGCONT)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def oom_kills() -> int:
    """How often the kernel killed a process of this cgroup for want of memory."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path, encoding="ascii") as file:
                for line in file:
                    name, _, value = line.partition(" ")
                    if name == "oom_kill":
                        return int(value)
        except OSError:
            continue
    return 0


def die_first() -> None:
    """Where memory runs out, this process is to be killed before the supervisor."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("800")
    except OSError:
        pass
