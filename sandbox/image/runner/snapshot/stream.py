"""What the pickler writes to: cut where the content says so, so that a change moves no cuts but its own."""

import sys

from .blocks import BLOCK

SEGMENT = 1024 * 1024
SMALLEST = 32 * 1024
_FRAME = 0x95
_LENGTHS = {b"B"[0]: 4, b"X"[0]: 4, 0x8D: 8, 0x8E: 8, 0x96: 8}


class Stream:
    """Leaves out the pickler's frames, whose places depend on all that comes before them."""

    def __init__(self, writer):
        self._writer = writer
        self._pending = bytearray()
        self._payload = 0
        self.extents = []
        self.length = 0

    def write(self, data):
        view = memoryview(data).cast("B")
        if self._payload:
            # A large text or bytes object, as it lies in memory.
            self._payload = 0
            self._cut(final=True)
            self._store(view)
            return len(view)
        position = 2 if view[:2] == b"\x80\x05" else 0
        self._pending += view[:position]
        while position < len(view) and view[position] == _FRAME:
            start = position + 9
            position = start + int.from_bytes(view[position + 1 : start], "little")
            self._pending += view[start:position]
        rest = view[position:]
        self._pending += rest
        self._payload = _announced(rest)
        if len(self._pending) >= SEGMENT:
            self._cut(final=False)
        return len(view)

    def end_item(self):
        self._cut(final=True)

    def _cut(self, final):
        pending = memoryview(self._pending)
        start = 0
        for end in _cuts(pending):
            self._store(pending[start:end])
            start = end
        if final and start < len(pending):
            self._store(pending[start:])
            start = len(pending)
        self._pending = bytearray(pending[start:])

    def _store(self, view):
        self._writer.store(view, self.extents, aligned=False)
        self.length += len(view)


def _announced(rest):
    """The length of the object that the next write passes as it is, from the opcode that announces it; or 0."""
    if len(rest) < 5 or rest[0] not in _LENGTHS or len(rest) != 1 + _LENGTHS[rest[0]]:
        return 0
    return int.from_bytes(rest[1:], "little")


def _cuts(view):
    """Where to cut: at places that a hash of the eight bytes there picks, about every 40 KiB."""
    candidates = _candidates(view)
    cuts = []
    start = 0
    for candidate in [*candidates, len(view)]:
        while candidate - start > BLOCK:
            start += BLOCK
            cuts.append(start)
        if SMALLEST <= candidate - start and candidate < len(view):
            start = candidate
            cuts.append(start)
    return cuts


def _candidates(view):
    numpy = sys.modules.get("numpy")
    if numpy is None or len(view) < 2 * SMALLEST:
        return []
    found = []
    for shift in range(8):
        words = numpy.frombuffer(view[shift : shift + (len(view) - shift) // 8 * 8], "<u8")
        picked = (words * numpy.uint64(0x9E3779B97F4A7C15)) < numpy.uint64(1 << 51)
        found.append(numpy.flatnonzero(picked) * 8 + shift)
    return numpy.sort(numpy.concatenate(found)).tolist()
