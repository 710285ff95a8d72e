"""Writing without ever waiting."""

import os
import selectors


# That one call writes: the system takes 1024.
MOST_PARTS = 64


class Pipe:
    """One end of a channel that is never waited for: what cannot be written yet is kept, in order."""

    def __init__(self, selector: selectors.BaseSelector, fd: int, on_drain=None) -> None:
        self._selector, self._fd, self._on_drain = selector, fd, on_drain
        self._parts: list[memoryview] = []
        self.size = 0
        self._watched = False
        self.closed = False

    def write(self, data: bytes) -> None:
        self.add(data)
        self.flush()

    def add(self, data: bytes) -> None:
        """To be written by the next `flush`, in one piece with what else is."""
        if data and not self.closed:
            self._parts.append(memoryview(data))
            self.size += len(data)

    def flush(self) -> None:
        """Writes what can be written now; the rest follows by itself."""
        if self._parts and not self._watched:
            self._push()

    def ready(self) -> None:
        self._push()
        if self._on_drain is not None:
            self._on_drain()

    def close(self) -> None:
        self._watch(False)
        self.closed = True
        self._parts, self.size = [], 0

    def _push(self) -> None:
        while self._parts and not self.closed:
            parts = self._parts[:MOST_PARTS]
            try:
                count = os.writev(self._fd, parts)
            except BlockingIOError:
                break
            except (BrokenPipeError, ConnectionResetError):
                self.close()
                return
            self._drop(count)
        self._watch(bool(self._parts))

    def _drop(self, count: int) -> None:
        self.size -= count
        while count and count >= len(self._parts[0]):
            count -= len(self._parts.pop(0))
        if count:
            self._parts[0] = self._parts[0][count:]

    def _watch(self, on: bool) -> None:
        if on == self._watched:
            return
        self._watched = on
        if on:
            self._selector.register(self._fd, selectors.EVENT_WRITE, self.ready)
        else:
            self._selector.unregister(self._fd)
