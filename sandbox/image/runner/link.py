"""The supervisor's side of one worker: its process, its pipes, and the cell that it runs."""

import codecs
import os
import selectors
import signal
import socket

from . import processes, tail
from .frames import ProtocolError, Reader, pack
from .host import READ, Host
from .limits import CellOutput
from .pipe import Pipe

READ_SOME, READ_NOTHING, READ_END = range(3)
OF_A_CELL = ("stream", "display", "result", "clear", "error", "done", "request")
CRASH_BYTES = 16 << 10
OUTPUT_LIMIT = int(os.environ.get("WORLDLINE_OUTPUT_LIMIT", str(10 << 20)))


class WorkerLink:
    """Frames of the worker that tell the host something are passed on; `on_frame` gets the others, and `done`."""

    def __init__(self, selector: selectors.BaseSelector, side: int, host: Host, on_frame) -> None:
        self._selector, self._host, self._on_frame = selector, host, on_frame
        self.pid = 0
        self.pristine = True
        self.closed = False
        # Killed, perhaps before its process is there.
        self._doomed = False
        # The id of the cell that runs.
        self.running: int | None = None
        self._output: CellOutput | None = None
        ours, theirs = socket.socketpair()
        out, out_write = os.pipe()
        err, err_write = os.pipe()
        self._control = ours
        # A second descriptor for writing: the selector watches each for one thing.
        self._writer_fd = os.dup(ours.fileno())
        # Where its faulthandler writes: kept apart from what the cell prints, and read when it is dead.
        self._crash = os.memfd_create("crash")
        self._tail = tail.make()
        # Bytes of text that came as frames.
        self._received = 0
        self._theirs = [theirs.detach(), out_write, err_write, *map(os.dup, (side, self._crash, self._tail))]
        self._pipes = {out: "stdout", err: "stderr"}
        self._decoders = {fd: codecs.getincrementaldecoder("utf-8")("replace") for fd in (out, err)}
        self._reader = Reader()
        for fd in (ours.fileno(), out, err):
            os.set_blocking(fd, False)
        self._writer = Pipe(selector, self._writer_fd)

    def ask(self, zygote: socket.socket) -> None:
        """Asks the zygote for the process. What is sent to it meanwhile waits in its socket."""
        socket.send_fds(zygote, [b"fork"], self._theirs)

    def forked(self, pid: int) -> None:
        self.pid = pid
        for fd in self._theirs:
            os.close(fd)
        self._theirs = []
        if self._doomed:
            self.kill()

    def send(self, header: dict, payload: bytes = b"") -> None:
        self._writer.write(pack(header, payload))

    def execute(self, header: dict, code: bytes) -> None:
        cell = self.running = header["id"]

        def notice(text: str) -> None:
            self._host.tell({"type": "notice", "id": cell}, text.encode())

        self.pristine = False
        self._output = CellOutput(str(header.get("cell", "")), OUTPUT_LIMIT, notice)
        self.send(header, code)

    def end_cell(self) -> None:
        """Everything that the cell printed was passed on; the next may come."""
        if self._output is not None:
            for fd, name in self._pipes.items():
                self._text(name, self._decoders[fd].decode(b"", True))
            self._output.end()
        self.running = self._output = None

    def interrupt(self) -> None:
        """As Ctrl-C in a terminal: the worker's children get it too."""
        if self.running is not None:
            # What has not begun hears no signal.
            self.send({"type": "interrupt", "id": self.running})
        if not self.pid:
            return
        if not processes.send_group(self.pid, signal.SIGINT):
            # It left its group.
            processes.send(self.pid, signal.SIGINT)
        # After it: a stopped worker that is woken first may run to its end before the signal is there.
        processes.resume(self.pid)

    def kill(self) -> None:
        self._doomed = True
        if self.pid:
            processes.send(self.pid, signal.SIGKILL)

    def watch(self) -> None:
        """Reads from it as things come; idle while the host is behind."""
        if self._host.paused:
            return
        self.unwatch()
        self._selector.register(self._control, selectors.EVENT_READ, self._from_worker)
        for fd in self._pipes:
            self._selector.register(fd, selectors.EVENT_READ, lambda fd=fd: self._from_pipe(fd))

    def unwatch(self) -> None:
        for fd in (self._control, *self._pipes):
            self._forget(fd)

    def drain(self) -> None:
        """Passes on what a worker that ended had still said."""
        while not self.closed and self._read() is READ_SOME:
            pass
        for fd in list(self._pipes):
            self._from_pipe(fd)
        for name, text in tail.unsent(self._tail, self._received):
            self._text(name, text.decode("utf-8", "replace"))

    def crash(self) -> bytes:
        """What Python still said of a signal that ended it."""
        return os.pread(self._crash, CRASH_BYTES, 0)

    def close(self) -> None:
        self.closed = True
        self.unwatch()
        self._writer.close()
        self._control.close()
        os.close(self._writer_fd)
        for fd in (*self._pipes, *self._theirs, self._crash, self._tail):
            os.close(fd)
        self._pipes, self._theirs = {}, []

    def _from_worker(self) -> None:
        if self._read() is READ_END and not self.closed:
            self._forget(self._control)
            # It closed its channel, or left: either way it is of no use any more.
            self.kill()

    def _read(self) -> int:
        try:
            data = self._control.recv(READ)
        except BlockingIOError:
            return READ_NOTHING
        except OSError:
            return READ_END
        if not data:
            return READ_END
        self._reader.feed(data)
        # What was printed before comes first.
        for fd in list(self._pipes):
            self._from_pipe(fd)
        try:
            while not self.closed and (frame := self._reader.next()) is not None:
                self._frame(*frame)
        except (ProtocolError, RecursionError):
            return READ_END
        return READ_SOME

    def _frame(self, header: dict, payload: bytes) -> None:
        kind = header["type"]
        if kind == "request" and header.get("op") == "sync":
            # All that came before it was passed on: its child may print. It waits for this, whether or not its cell is over.
            self.send({"type": "answer", "request": header.get("request"), "ok": True})
            return
        if kind == "stream":
            self._received += len(payload)
        if kind in OF_A_CELL:
            if self.running is None or self._output is None:
                return
            header["id"] = self.running
        if kind == "stream":
            payload = self._output.text(payload)
            if payload:
                self._host.tell(header, payload)
        elif kind in ("display", "result"):
            if self._output.display(len(payload)):
                self._host.tell(header, payload)
        elif kind in ("clear", "error", "request"):
            self._host.tell(header, payload)
        else:
            self._on_frame(self, header, payload)

    def _from_pipe(self, fd: int) -> None:
        name = self._pipes.get(fd)
        if name is None:
            return
        for _ in range(16):
            try:
                data = os.read(fd, READ)
            except BlockingIOError:
                return
            if not data:
                self._forget(fd)
                return
            self._text(name, self._decoders[fd].decode(data))
            if self._host.is_behind:
                return

    def _forget(self, fd) -> None:
        try:
            self._selector.unregister(fd)
        except KeyError:
            # It was not watched.
            pass

    def _text(self, name: str, text: str) -> None:
        if not text or self.running is None or self._output is None:
            return
        data = self._output.text(text.encode("utf-8", "replace"))
        for start in range(0, len(data), READ):
            self._host.tell({"type": "stream", "id": self.running, "name": name}, data[start : start + READ])
