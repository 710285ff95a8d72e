"""What Python code prints, in order, over the worker's channel; coalesced, and flushed while the cell runs."""

import codecs
import io
import os
import threading

from .tail import Tail

FLUSH_BYTES = 64 << 10
FLUSH_SECONDS = 0.02
CHUNK = 128 << 10


class Output:
    """The one writer behind sys.stdout and sys.stderr: a single order for both."""

    def __init__(self, channel, tail: Tail) -> None:
        self._channel = channel
        self._tail = tail
        # Bytes: sent of all cells, and kept in the tail.
        self._sent = self._size = 0
        self._lock = threading.RLock()
        self._sending = False
        self._direct = False
        # Was anything printed that a child's output could overtake?
        self.unsynced = False
        self._wake: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self.id: int | None = None
        # How often the cell's output wanted a thread and got none.
        self.refused = 0

    def add(self, name: str, text: str) -> None:
        if self._direct:
            self._write_direct(name, text)
            return
        if len(text) > CHUNK:
            self._send_large(name, text)
            return
        data = text.encode("utf-8", "replace")
        with self._lock:
            self.unsynced = True
            try:
                self._size += self._tail.add(name, data)
            except ValueError:
                # Without room: it is printed by what a flush itself sets off.
                self._send(name, data)
                return
            full = self._size >= FLUSH_BYTES
            if not full and self._thread is None and self.id is not None:
                self._start()
        if full:
            self.flush()

    def flush(self, more: bool = False) -> None:
        """With `more`, a frame follows at once."""
        if not self._tail.size or self._direct:
            return
        with self._channel.shield, self._lock:
            if self._sending:
                return
            self._sending = True
            try:
                self._send_tail(more)
            finally:
                self._sending = False

    def _send_large(self, name: str, text: str) -> None:
        """By itself, so that no copy of all of it is made."""
        with self._channel.shield, self._lock:
            self.unsynced = True
            outer, self._sending = self._sending, True
            try:
                if not outer:
                    self._send_tail(True)
                for start in range(0, len(text), CHUNK):
                    self._send(name, text[start : start + CHUNK].encode("utf-8", "replace"))
                if not outer:
                    self._send_tail(False)
            finally:
                self._sending = outer

    def _send_tail(self, more: bool) -> None:
        """What is added by the sending itself, as by a signal's handler, is sent as well."""
        start = 0
        while (end := self._tail.size) > start:
            for name, data in self._tail.runs(start, end):
                self._send(name, data, more)
            start = end
        self._tail.clear(self._sent)
        self._size = 0

    def begin(self, cell: int) -> None:
        self.id, self.refused = cell, 0

    def end(self) -> None:
        """Everything is sent or leaves with the next frame, and the flushing thread is gone, so that a fork finds one thread."""
        with self._lock:
            # Held: a thread of the user's may print, and be about to start the one that flushes.
            self.id = None
            thread, self._thread = self._thread, None
        if thread is not None and self._wake is not None:
            self._wake.set()
            thread.join()
        self.flush(more=True)
        self.unsynced = False

    def in_child(self) -> None:
        """After a fork in user code: the channel is the parent's; the child writes to its descriptors."""
        self._lock = threading.RLock()
        self._thread, self._sending = None, False
        self._direct, self.unsynced = True, False

    def _start(self) -> None:
        self._wake = threading.Event()
        thread = threading.Thread(target=self._run, args=(self._wake,), daemon=True, name="output")
        self._thread = thread
        try:
            thread.start()
        except RuntimeError:
            # No process left for a thread: what is printed shows when the buffer is full, or at the end.
            self._thread = None
            self.refused += 1

    def _run(self, wake: threading.Event) -> None:
        while not wake.wait(FLUSH_SECONDS):
            self.flush()

    def _send(self, name: str, data: bytes, more: bool = False) -> None:
        self._channel.send({"type": "stream", "id": self.id, "name": name}, data, more)
        self._sent += len(data)

    @staticmethod
    def _write_direct(name: str, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            data = data[os.write(1 if name == "stdout" else 2, data) :]


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell."""

    encoding = "utf-8"
    errors = "replace"
    line_buffering = False

    def __init__(self, output: Output, name: str) -> None:
        self._output = output
        self._name = name
        self.name = f"<{name}>"
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._output.add(self._name, text)
        return len(text)

    def flush(self) -> None:
        self._output.flush()

    def close(self) -> None:
        """User code may close it; the next cell prints all the same."""

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def reconfigure(self, **_options) -> None:
        """Encoding and buffering are the channel's."""


class _Bytes(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data) -> int:
        data = bytes(data)
        self._stream.write(self._decoder.decode(data))
        return len(data)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._stream.fileno()

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """As the stream's."""
