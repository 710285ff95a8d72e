"""Writing without ever waiting."""

import os
import selectors


class Pipe:
    """One end of a channel that is never waited for: what cannot be written yet is kept, in order."""

    def __init__(self, selector: selectors.BaseSelector, fd: int, on_drain=None) -> None:
        self._selector, self._fd, self._on_drain = selector, fd, on_drain
        self._parts: list[memoryview] = []
        self.size = 0
        self._watched = False
        self.closed = False

    def write(self, data: bytes) -> None:
        if self.closed:
            return
        view = memoryview(data)
        if not self._parts:
            view = view[self._push(view) :]
        if view:
            self._parts.append(view)
            self.size += len(view)
            self._watch(True)

    def ready(self) -> None:
        while self._parts and not self.closed:
            count = self._push(self._parts[0])
            self.size -= count
            if count < len(self._parts[0]):
                self._parts[0] = self._parts[0][count:]
                break
            self._parts.pop(0)
        if not self._parts:
            self._watch(False)
        if self._on_drain is not None:
            self._on_drain()

    def close(self) -> None:
        self._watch(False)
        self.closed = True
        self._parts = []

    def _push(self, view: memoryview) -> int:
        try:
            return os.write(self._fd, view)
        except BlockingIOError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            self.closed = True
            return len(view)

    def _watch(self, on: bool) -> None:
        if on == self._watched:
            return
        self._watched = on
        if on:
            self._selector.register(self._fd, selectors.EVENT_WRITE, self.ready)
        else:
            self._selector.unregister(self._fd)
