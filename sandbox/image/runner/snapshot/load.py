"""Restoring: the items of the stream one by one, around those that cannot be had again."""

import json
import os
import pickle
import pickletools
import sys

from .blocks import Known, read_table
from .mapping import Sources, StreamReader, map_buffer


class LostReference(Exception):
    """An item refers to a part of one that could not be restored."""


class Loaded:
    def __init__(self, variables, state, lost):
        self.variables = variables
        self.state = state
        self.lost = lost


class _Buffers:
    def __init__(self, sources, buffers):
        self._sources = sources
        self._buffers = buffers
        self.position = 0

    def __iter__(self):
        return self

    def __next__(self):
        buffer = self._buffers[self.position]
        self.position += 1
        return map_buffer(self._sources, buffer["size"], buffer["extents"])


class _Feed:
    """The stream, or a few bytes of our own in its place."""

    def __init__(self, stream):
        self._stream = stream
        self._own = None

    def item(self, position, length):
        self._own = None
        self._stream.seek(position, length)

    def insert(self, data):
        self._own = memoryview(data)

    def peek(self, size):
        return self._stream.peek(size) if self._own is None else self._own[:size]

    def read(self, size):
        if self._own is None:
            return self._stream.read(size)
        data, self._own = bytes(self._own[:size]), self._own[size:]
        return data

    def readinto(self, target):
        if self._own is None:
            return self._stream.readinto(target)
        data = self.read(len(target))
        target[: len(data)] = data
        return len(data)

    def readline(self):
        if self._own is None:
            return self._stream.readline()
        return self.read(bytes(self._own).index(b"\n") + 1)


class _Unpickler(pickle.Unpickler):
    def __init__(self, feed, buffers, hole):
        super().__init__(feed, buffers=buffers)
        self._hole = hole

    def persistent_load(self, _):
        return self._hole


def load(manifest, blobs):
    """The variables of a manifest whose sources are blobs. Raises ValueError or OSError where it cannot be read at all."""
    sources = Sources([os.path.join(blobs, source["blob"]) for source in manifest["sources"]])
    try:
        skip = {}
        while True:
            loaded = _attempt(manifest, sources, skip)
            if loaded is not None:
                return loaded
    finally:
        sources.close()


def _attempt(manifest, sources, skip):
    """Loads every item but those to skip; None, and one more to skip, where an item fails."""
    stream = StreamReader(sources, manifest["stream"])
    buffers = _Buffers(sources, manifest["buffers"])
    feed = _Feed(stream)
    hole = object()
    unpickler = _Unpickler(feed, buffers, hole)
    values = []
    position = 0
    for index, (name, length) in enumerate(manifest["items"]):
        feed.item(position, length)
        if index in skip:
            # Later items count on the number of objects that this one would have remembered.
            remembered, used = _count(stream.read(length))
            buffers.position += used
            feed.insert(b"\x80\x05P0\n" + b"\x94" * remembered + b".")
            unpickler.load()
        else:
            before = sys.getrefcount(hole)
            try:
                values.append((name, unpickler.load()))
                if skip and sys.getrefcount(hole) > before:
                    raise LostReference("it shares something with a variable that cannot be restored")
            except Exception as error:  # A variable's own code may raise anything.
                if not name:
                    raise
                skip[index] = f"{type(error).__name__}: {error}"[:200]
                return None
        position += length
    names = [name for name, _ in manifest["items"]]
    (_, _), (_, state), *variables = values
    return Loaded(dict(variables), state, [{"name": names[index], "reason": skip[index]} for index in sorted(skip)])


def _count(item):
    """How many objects an item remembers, and how many buffers it takes."""
    names = [opcode.name for opcode, _, _ in pickletools.genops(item)]
    return names.count("MEMOIZE"), names.count("NEXT_BUFFER")


def read_manifest(text):
    manifest = json.loads(text)
    if manifest["version"] != 1:
        raise ValueError("these variables were saved by a newer version")
    return manifest


def known_of(manifest, blobs):
    """What the blobs of a manifest hold, so that the next capture need not write it again."""
    known = Known()
    for source in manifest["sources"]:
        with open(os.path.join(blobs, source["blob"]), "rb") as file:
            known.add(("blob", source["blob"]), *read_table(file))
    return known
