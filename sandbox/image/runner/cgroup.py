"""How often this container's cgroup ran into a limit, and how many processes it has."""

import os

ROOT = "/sys/fs/cgroup"


class Count:
    """A number of a file such as `memory.events`; the file stays open, because one is read after each cell."""

    def __init__(self, name: str, *files: str) -> None:
        self._name = name.encode()
        self._fd = _open(files)
        self._last = self._read()

    def grew(self, expected: int = 0) -> bool:
        """Is it more than `expected` larger than when this was last asked? False where the kernel does not count it."""
        last, self._last = self._last, self._read()
        return self._last > last + expected

    def _read(self) -> int:
        for line in _text(self._fd).splitlines():
            name, _, value = line.partition(b" ")
            if name == self._name:
                return int(value)
        return 0


class Room:
    """How full it is of processes."""

    def __init__(self) -> None:
        self._current = _open(("pids.current", "pids/pids.current"))
        limit = _text(_open(("pids.max", "pids/pids.max"))).strip()
        self.limit = int(limit) if limit.isdigit() else None

    def is_short(self, part: int = 2) -> bool:
        """Is more than half, or another part, of what it may have taken?"""
        current = _text(self._current).strip()
        return self.limit is not None and current.isdigit() and int(current) > self.limit // part


def oom_kills() -> Count:
    """How often the kernel killed a process of this cgroup for want of memory."""
    return Count("oom_kill", "memory.events", "memory/memory.oom_control")


def refused_forks() -> Count:
    return Count("max", "pids.events", "pids/pids.events")


def _open(files: tuple[str, ...]) -> int:
    """The first of them that is there, whichever version of cgroups it belongs to; -1 for none."""
    for file in files:
        try:
            return os.open(f"{ROOT}/{file}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
    return -1


def _text(fd: int) -> bytes:
    try:
        return os.pread(fd, 4096, 0) if fd >= 0 else b""
    except OSError:
        return b""
