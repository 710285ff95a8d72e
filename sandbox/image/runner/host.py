"""The supervisor's end of the connection to the host: frames in and out over what were its stdin and stdout."""

import fcntl
import os
import selectors

from .frames import Reader, pack
from .pipe import Pipe

READ = 1 << 18
OUT_HIGH = 8 << 20


class Host:
    def __init__(self, selector: selectors.BaseSelector, on_frame, on_pause) -> None:
        self._on_frame, self._on_pause = on_frame, on_pause
        self._in = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10)
        self._out = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._reader = Reader()
        self._pipe = Pipe(selector, self._out, self._drained)
        self.paused = False
        selector.register(self._in, selectors.EVENT_READ, self._read)

    @property
    def fds(self) -> tuple[int, int]:
        return self._in, self._out

    @property
    def is_behind(self) -> bool:
        return self._pipe.size > OUT_HIGH

    def tell(self, header: dict, payload: bytes = b"") -> None:
        """Leaves with the next `flush`: on its way to the host, each write wakes several processes."""
        self._pipe.add(pack(header, payload))
        if self.is_behind and not self.paused:
            self._pause(True)

    def flush(self) -> None:
        self._pipe.flush()

    def _drained(self) -> None:
        if self.paused and self._pipe.size < OUT_HIGH // 2:
            self._pause(False)

    def _pause(self, on: bool) -> None:
        """The host reads slower than the worker writes: the worker is to wait."""
        self.paused = on
        self._on_pause(on)

    def _read(self) -> None:
        try:
            data = os.read(self._in, READ)
        except BlockingIOError:
            return
        if not data:
            # The kernel is gone: the container goes with it, and nothing is left behind.
            os._exit(0)
        self._reader.feed(data)
        while (frame := self._reader.next()) is not None:
            self._on_frame(*frame)
