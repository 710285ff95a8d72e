"""One capture, in the process that pickles: variables to a stream and buffers, and these to data files."""

import contextlib
import errno
import json
import os

from .blocks import ZEROS
from .digests import digests
from .pickler import NamespacePickler
from .stream import Stream
from .writer import Writer

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
MAX_SOURCES = 64
SMALL_SOURCE = 8 * 1024 * 1024
SPARSE = 4
"""A source of which less than this fraction is in use is left behind."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Unsaved(Exception):
    """A variable cannot be pickled."""

    def __init__(self, name, reason):
        super().__init__(name, reason)
        self.name = name
        self.reason = reason


class Save:
    """All that one capture needs to know."""

    def __init__(self, directory, label, namespace, live, state, numpy):
        self._directory = directory
        self._label = label
        self._namespace = namespace
        self._live = live
        self._state = state
        self._numpy = numpy
        self._progress = lambda name: None

    def on_variable(self, progress):
        """Has `progress` told the name of each variable before it is pickled."""
        self._progress = progress

    def run(self, variables, lost, known, suspects):
        """Writes the data files and gives the manifest (as a value) and what is known now."""
        variables = {name: value for name, value in variables.items() if name not in lost}
        lost = dict(lost)
        lost.update(self._probe({name: variables[name] for name in suspects if name in variables}))
        compacted = False
        while True:
            kept = {name: value for name, value in variables.items() if name not in lost}
            now = known.without(())
            try:
                manifest, writer = self._write(kept, now)
            except Unsaved as error:
                lost[error.name] = error.reason
                names = list(kept)
                rest = names[names.index(error.name) + 1 :]
                lost.update(self._probe({name: kept[name] for name in rest}))
                continue
            stale = set() if compacted else _stale(manifest, now)
            if not stale:
                break
            known, compacted = known.without(stale), True
        manifest["lost"] = [[name, reason] for name, reason in lost.items()]
        manifest["digests"] = []
        return manifest, _used(manifest, now, writer)

    def digest(self, manifest, variables):
        """Adds to a manifest what tells whether its variables changed."""
        kept = {name: variables[name] for name, _ in manifest["items"] if name}
        manifest["digests"] = digests(kept, self._namespace, self._live, self._numpy)

    def finish(self, manifest):
        """Makes the directory complete."""
        path = os.path.join(self._directory, "manifest.json")
        with open(path + ".part", "x", encoding="utf-8") as file:
            file.write(_encode(plain(manifest)))
        os.rename(path + ".part", path)

    def discard(self):
        """Removes what was written: files, and no folders."""
        with contextlib.suppress(OSError):
            for name in os.listdir(self._directory):
                os.unlink(os.path.join(self._directory, name))
            os.rmdir(self._directory)

    def _write(self, variables, known):
        self.discard()
        os.makedirs(self._directory)
        writer = Writer(self._directory, self._label, known)
        stream = Stream(writer)
        buffers = []

        def store_buffer(view):
            extents = []
            buffers.append({"size": len(view), "extents": extents})
            writer.store(view, extents, aligned=True)

        pickler = self._pickler(stream, store_buffer)
        items = []

        def finish_item(name):
            stream.end_item()
            items.append([name, stream.length - sum(length for _, length in items)])

        pickler.refer_to(self._live)
        finish_item("")
        pickler.dump(self._state)
        finish_item("")
        for name, value in variables.items():
            self._dump(pickler, name, value)
            finish_item(name)
        writer.close()
        return {"version": 1, "stream": stream.extents, "items": items, "buffers": buffers}, writer

    def _probe(self, variables):
        """Pickles each variable by itself, into nothing; gives those that fail."""

        class Nowhere:
            write = staticmethod(len)

        failed = {}
        for name, value in variables.items():
            try:
                pickler = self._pickler(Nowhere, lambda view: None)
                pickler.refer_to(self._live)
                self._dump(pickler, name, value)
            except Unsaved as error:
                failed[name] = error.reason
        return failed

    def _dump(self, pickler, name, value):
        self._progress(name)
        try:
            pickler.dump(value)
        except OSError as error:
            if error.errno in NO_SPACE:
                raise
            raise Unsaved(name, _reason(error)) from error
        except BaseException as error:  # A variable's own code may raise anything.
            raise Unsaved(name, _reason(error)) from error

    def _pickler(self, stream, store_buffer):
        return NamespacePickler(stream, store_buffer, self._namespace, self._numpy)


def plain(manifest):
    """The manifest as it is written: sources listed once, extents refer to them by number; -1 is zeros."""
    sources = {ZEROS: -1}

    def numbered(extents):
        return [[sources.setdefault(source, len(sources) - 1), offset, length] for source, offset, length in extents]

    stream = numbered(manifest["stream"])
    buffers = [{"size": buffer["size"], "extents": numbered(buffer["extents"])} for buffer in manifest["buffers"]]
    listed = [
        {"blob": source[1]} if source[0] == "blob" else {"capture": source[1], "file": source[2]}
        for source in sources
        if source != ZEROS
    ]
    return {
        "version": 1,
        "sources": listed,
        "stream": stream,
        "items": manifest["items"],
        "buffers": buffers,
        "lost": manifest["lost"],
        "digests": manifest["digests"],
    }


def _extents(manifest):
    yield from manifest["stream"]
    for buffer in manifest["buffers"]:
        yield from buffer["extents"]


def _live_bytes(manifest):
    live = {}
    for source, _, length in _extents(manifest):
        live[source] = live.get(source, 0) + length
    live.pop(ZEROS, None)
    return live


def _stale(manifest, known):
    """Earlier sources to leave behind: nearly empty ones, and the small ones where there are too many."""
    live = {source: bytes_ for source, bytes_ in _live_bytes(manifest).items() if source in known.sizes}
    stale = {
        source
        for source, bytes_ in live.items()
        if known.sizes[source] > SMALL_SOURCE and bytes_ * SPARSE < known.sizes[source]
    }
    if len(live) > MAX_SOURCES:
        stale.update(source for source, bytes_ in live.items() if bytes_ < SMALL_SOURCE)
    return stale


def _used(manifest, known, writer):
    live = _live_bytes(manifest)
    used = known.without(set(known.tables) - set(live))
    for file in writer.files:
        used.add(file.source, file.table, file.size)
    return used


def _reason(error):
    text = " ".join(str(error).split())[:200]
    return text or type(error).__name__
