"""Buffers as memory: the pieces of the stored files mapped privately, side by side, so nothing is read ahead of use."""

import bisect
import ctypes
import mmap
import os

from .blocks import PAGE

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_MAP_FIXED = 0x10


class Sources:
    """The files that a manifest refers to, opened once each."""

    def __init__(self, paths):
        self._paths = paths
        self._open = {}

    def fd(self, source):
        if source not in self._open:
            fd = os.open(self._paths[source], os.O_RDONLY | os.O_CLOEXEC)
            self._open[source] = fd, os.fstat(fd).st_size
        return self._open[source][0]

    def check(self, source, offset, length):
        """Raises ValueError for a piece that lies outside its file: touching it would kill the process."""
        fd = self.fd(source)
        if offset < 0 or length < 0 or offset + length > self._open[source][1]:
            raise ValueError("a stored piece lies outside its file")
        return fd

    def close(self):
        for fd, _ in self._open.values():
            os.close(fd)


def map_buffer(sources, size, extents):
    """A writable memory view of a buffer; what is written to it stays in this process."""
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    position = 0
    for source, offset, length in extents:
        if position % PAGE or offset % PAGE or position + length > size:
            raise ValueError("a stored piece cannot be mapped")
        if source >= 0:
            fd = sources.check(source, offset, length)
            protection = mmap.PROT_READ | mmap.PROT_WRITE
            how = mmap.MAP_PRIVATE | _MAP_FIXED
            if _libc.mmap(address + position, length, protection, how, fd, offset) != address + position:
                raise OSError(ctypes.get_errno(), "a stored piece cannot be mapped")
        position += length
    if position != size:
        raise ValueError("a stored buffer is incomplete")
    return memoryview(memory)


class StreamReader:
    """Reads one item of the stream at a time."""

    def __init__(self, sources, extents):
        self._sources = sources
        self._pieces = []
        end = 0
        for source, offset, length in extents:
            if source >= 0:
                sources.check(source, offset, length)
            self._pieces.append((end, source, offset, length))
            end += length
        self.seek(0, 0)

    def seek(self, position, length):
        """Makes the next reads come from this part of the stream."""
        self._position = position
        self._end = position + length
        self._ahead = memoryview(b"")
        self._piece = max(bisect.bisect_right(self._pieces, position, key=lambda piece: piece[0]) - 1, 0)

    def peek(self, size):
        """Up to `size` of the next bytes, which stay unread."""
        if not self._ahead:
            self._ahead = memoryview(self._take(min(size, self._end - self._position)))
        return self._ahead[:size]

    def readinto(self, target):
        view = memoryview(target).cast("B")
        known = len(self._ahead[: len(view)])
        view[:known] = self._ahead[:known]
        self._ahead = self._ahead[known:]
        return known + self._fill(view[known : known + self._end - self._position])

    def read(self, size):
        if size <= len(self._ahead):
            data, self._ahead = bytes(self._ahead[:size]), self._ahead[size:]
            return data
        target = bytearray(min(size, len(self._ahead) + self._end - self._position))
        self.readinto(target)
        return bytes(target)

    def readline(self):
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = self.read(1)
            if not byte:
                break
            line += byte
        return bytes(line)

    def _take(self, size):
        target = bytearray(size)
        self._fill(memoryview(target))
        return target

    def _fill(self, view):
        done = 0
        while done < len(view):
            start, source, offset, length = self._pieces[self._piece]
            skip = self._position - start
            if skip >= length:
                self._piece += 1
                continue
            part = view[done : done + length - skip]
            if source < 0:
                part[:] = bytes(len(part))
                count = len(part)
            else:
                count = os.preadv(self._sources.fd(source), [part], offset + skip)
            if not count:
                raise EOFError("a stored stream is incomplete")
            done += count
            self._position += count
        return done
