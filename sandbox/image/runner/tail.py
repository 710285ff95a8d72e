"""What a worker printed and has not sent yet: in memory that it shares with the supervisor, so that no death takes it along.

Eight bytes say how many bytes of text were sent before it; then text in UTF-8, with a byte before each run that no UTF-8 has.
The rest is zeros.
"""

import mmap
import os
import re
import struct
from collections.abc import Iterator

SIZE = 1 << 20
_SENT = struct.Struct("<Q")
_MARKS = {"stdout": b"\xff", "stderr": b"\xfe"}
_NAMES = {mark[0]: name for name, mark in _MARKS.items()}
_RUN = re.compile(b"[\xfe\xff][^\xfe\xff]*")


def make() -> int:
    """A descriptor of such memory."""
    fd = os.memfd_create("tail")
    os.truncate(fd, SIZE)
    return fd


def unsent(fd: int, received: int) -> Iterator[tuple[str, bytes]]:
    """For the supervisor: what of it was not among the bytes of text that it received. The worker may have written anything."""
    data = os.pread(fd, SIZE, 0)
    if len(data) < _SENT.size:
        return
    known = max(0, received - _SENT.unpack_from(data)[0])
    for name, text in _runs(data[_SENT.size :].rstrip(b"\0")):
        if len(text) > known:
            yield name, text[known:]
        known = max(0, known - len(text))


class Tail:
    """The worker's side. Calls are to be made one at a time; an interrupt may come between any two steps of `add`."""

    def __init__(self, fd: int) -> None:
        self._memory = mmap.mmap(fd, SIZE)
        self._write = self._memory.write
        os.close(fd)
        self._name = ""
        self._memory.seek(_SENT.size)

    @property
    def size(self) -> int:
        return self._memory.tell() - _SENT.size

    def add(self, name: str, text: bytes) -> int:
        """How many bytes it took. Raises ValueError where there is no room."""
        if name == self._name:
            return self._write(text)
        self._name = ""
        count = self._write(_MARKS[name] + text)
        self._name = name
        return count

    def runs(self, start: int, end: int) -> Iterator[tuple[str, bytes]]:
        """What was added between these sizes; what is added from now on is a run of its own."""
        self._name = ""
        return _runs(self._memory[_SENT.size + start : _SENT.size + end])

    def clear(self, sent: int) -> None:
        """All of it was sent, with which there are `sent` bytes."""
        size = self.size
        self._memory[: _SENT.size + size] = _SENT.pack(sent) + bytes(size)
        self._memory.seek(_SENT.size)


def _runs(data: bytes) -> Iterator[tuple[str, bytes]]:
    if data[:1] in _MARKS.values() and sum(map(data.count, _MARKS.values())) == 1:
        # A search for where it ends takes longer than all the rest.
        yield _NAMES[data[0]], data[1:]
        return
    for run in _RUN.findall(data):
        yield _NAMES[run[0]], run[1:]
