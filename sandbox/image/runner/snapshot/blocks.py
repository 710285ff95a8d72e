"""Data files: blocks, then a table of (digest, offset, length), then a footer."""

import struct

import xxhash

BLOCK = 256 * 1024
PAGE = 4096
ZEROS = ("zeros",)

_ENTRY = struct.Struct("<16sQI")
_FOOTER = struct.Struct("<8sQ")
_MAGIC = b"wlblock1"

digest = xxhash.xxh3_128_digest
ZERO_DIGEST = digest(bytes(BLOCK))


def append_extent(extents, source, offset, length):
    """Adds a piece, joined to the last one where they lie side by side."""
    if extents:
        last_source, last_offset, last_length = extents[-1]
        if last_source == source and (source == ZEROS or last_offset + last_length == offset):
            extents[-1] = (source, last_offset, last_length + length)
            return
    extents.append((source, offset, length))


def pack_entry(key, offset, length):
    return _ENTRY.pack(key, offset, length)


def pack_footer(table):
    return _FOOTER.pack(_MAGIC, len(table) // _ENTRY.size)


def read_table(file):
    """The table of an open data file, and the file's size. Raises ValueError where it is none."""
    size = file.seek(0, 2)
    if size < _FOOTER.size:
        raise ValueError("not a data file")
    file.seek(size - _FOOTER.size)
    magic, count = _FOOTER.unpack(file.read(_FOOTER.size))
    length = count * _ENTRY.size
    if magic != _MAGIC or length > size - _FOOTER.size:
        raise ValueError("not a data file")
    file.seek(size - _FOOTER.size - length)
    return file.read(length), size


class Known:
    """The blocks that are stored already: a digest leads to a piece of a source."""

    def __init__(self):
        self.tables = {}
        self.sizes = {}
        self._blocks = {}

    def add(self, source, table, size):
        self.tables[source] = bytes(table)
        self.sizes[source] = size
        for key, offset, length in _ENTRY.iter_unpack(table):
            self._blocks.setdefault((key, length), (source, offset))

    def find(self, key, length, aligned):
        """The source and offset of a block; with `aligned`, only where it can be mapped."""
        if key == ZERO_DIGEST and length == BLOCK:
            return ZEROS, 0
        found = self._blocks.get((key, length))
        return None if found and aligned and found[1] % PAGE else found

    def put(self, key, length, source, offset):
        self._blocks[key, length] = (source, offset)

    def without(self, sources):
        rest = Known()
        for source, table in self.tables.items():
            if source not in sources:
                rest.add(source, table, self.sizes[source])
        return rest
