"""Writes blocks that are not stored yet into the data files of one capture."""

import os

from .blocks import BLOCK, PAGE, append_extent, digest, pack_entry, pack_footer

OWN_FILE = 1024 * 1024
"""A buffer with this many new bytes gets a data file of its own, so that equal arrays make equal files."""


class DataFile:
    def __init__(self, path, source):
        self.source = source
        self.table = bytearray()
        self._end = 0
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)

    def align(self):
        padding = -self._end % PAGE
        self._end += padding
        self.write(memoryview(bytes(padding)))

    def reserve(self, key, length):
        """A place at the end for a block that is written next, in order."""
        offset = self._end
        self.table += pack_entry(key, offset, length)
        self._end += length
        return self.source, offset

    def write(self, view):
        while len(view):
            view = view[os.write(self._fd, view) :]

    def close(self):
        self.write(memoryview(self.table))
        self.write(memoryview(pack_footer(self.table)))
        self.size = os.fstat(self._fd).st_size
        os.close(self._fd)


class Writer:
    def __init__(self, directory, label, known):
        self._directory = directory
        self._label = label
        self._known = known
        self._shared = None
        self.files = []

    def store(self, view, extents, aligned):
        """Stores a flat view of bytes and appends where it lies to `extents`. Aligned pieces can be mapped."""
        lengths = [min(BLOCK, len(view) - start) for start in range(0, len(view), BLOCK)]
        digests = [digest(view[index * BLOCK : (index + 1) * BLOCK]) for index in range(len(lengths))]
        fresh = sum(
            length for key, length in zip(digests, lengths) if self._known.find(key, length, aligned) is None
        )
        file = self._file(fresh >= OWN_FILE, aligned) if fresh else None
        run, end = [], 0
        for key, length in zip(digests, lengths):
            place = self._known.find(key, length, aligned)
            if place is None:
                place = file.reserve(key, length)
                self._known.put(key, length, *place)
                run.append(length)
            elif run:
                file.write(view[end - sum(run) : end])
                run = []
            append_extent(extents, *place, length)
            end += length
        if run:
            file.write(view[end - sum(run) : end])

    def close(self):
        for file in self.files:
            file.close()

    def _file(self, own, aligned):
        if own:
            return self._open()
        if self._shared is None:
            self._shared = self._open()
        if aligned:
            self._shared.align()
        return self._shared

    def _open(self):
        number = len(self.files)
        file = DataFile(os.path.join(self._directory, str(number)), ("capture", self._label, number))
        self.files.append(file)
        return file
