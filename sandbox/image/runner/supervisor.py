"""PID 1 of the container: it owns the host's channel, forks workers from the zygote, and survives them.

As PID 1 it gets no signal that it did not ask for, SIGKILL and SIGSTOP among them, from inside the container; not being
dumpable, neither its memory nor its descriptors can be reached by code of the same user.
"""

import codecs
import fcntl
import json
import os
import select
import selectors
import shutil
import signal
import socket
import sys

# Run as a script: its own folder is no place to import from.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from worldline_runner import processes  # noqa: E402
from worldline_runner.frames import ProtocolError, Reader, pack  # noqa: E402
from worldline_runner.limits import CellOutput  # noqa: E402

READ = 1 << 18
READ_SOME, READ_NOTHING, READ_END = range(3)
OUT_HIGH = 8 << 20
OUTPUT_LIMIT = int(os.environ.get("WORLDLINE_OUTPUT_LIMIT", str(10 << 20)))
TO_WORKER = {"execute", "complete", "inspect", "is_complete", "variables", "export", "import", "snapshot"}


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


class Worker:
    """The supervisor's side of a worker: its process and its pipes."""

    def __init__(self, selector: selectors.BaseSelector, side: int) -> None:
        self.pid = 0
        self.pristine = True
        self.running: dict | None = None
        self.output: CellOutput | None = None
        ours, theirs = socket.socketpair()
        out, out_write = os.pipe()
        err, err_write = os.pipe()
        self.control = ours
        # A second descriptor for writing: the selector watches each for one thing.
        self.writer_fd = os.dup(ours.fileno())
        self.theirs = [theirs.detach(), out_write, err_write, os.dup(side)]
        self.pipes = {out: "stdout", err: "stderr"}
        self.decoders = {fd: codecs.getincrementaldecoder("utf-8")("replace") for fd in (out, err)}
        self.reader = Reader()
        for fd in (ours.fileno(), out, err):
            os.set_blocking(fd, False)
        self.writer = Pipe(selector, self.writer_fd)


class Supervisor:
    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.host_in = fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 10)
        self.host_out = fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        os.set_blocking(self.host_in, False)
        os.set_blocking(self.host_out, False)
        self.reader = Reader()
        self.host = Pipe(self.selector, self.host_out, self._drained)
        self.paused = False
        self.zygote = 0
        self.zygote_sock: socket.socket | None = None
        self.warm = False
        self.worker: Worker | None = None
        self.waiting: Worker | None = None
        self.side, self.side_write = os.pipe()
        self.side_text = b""
        # Label of a snapshot under way: the process group that writes it.
        self.guardians: dict[str, int] = {}
        self.oom = processes.oom_kills()
        self.ready_sent = False

    # -- life ---------------------------------------------------------------

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        wake, wake_write = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self.selector.register(wake, selectors.EVENT_READ, lambda: self._reap(wake))
        self.selector.register(self.host_in, selectors.EVENT_READ, self._from_host)
        self.selector.register(self.side, selectors.EVENT_READ, self._from_side)
        self.wake = (wake, wake_write)
        while True:
            if self.zygote_sock is None:
                self._start_zygote()
            # Without a zygote there was no process to be had: those that were killed must be reaped first.
            for key, _ in self.selector.select(None if self.zygote_sock is not None else 0.02):
                if key.fd in self.selector.get_map():
                    key.data()

    def _start_zygote(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            processes.kill_others(set(), set(self.guardians.values()))
            return
        if pid == 0:
            ours.close()
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            self.selector.close()
            for fd in (self.host_in, self.host_out, self.side, self.side_write, *self.wake):
                os.close(fd)
            try:
                from worldline_runner import zygote

                zygote.run(theirs)
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(1)
        theirs.close()
        self.zygote, self.zygote_sock, self.warm = pid, ours, False
        self.selector.register(ours, selectors.EVENT_READ, self._from_zygote)

    def _lose_zygote(self) -> None:
        if self.zygote_sock is None:
            return
        self.selector.unregister(self.zygote_sock)
        self.zygote_sock.close()
        self.zygote_sock = None
        self.warm = False
        if not self.ready_sent:
            sys.exit(1)

    def _fork(self) -> None:
        """Asks for a worker. What is sent to it meanwhile waits in its socket."""
        worker = Worker(self.selector, self.side_write)
        self.worker = self.waiting = worker
        self._watch(worker)
        if self.warm:
            self._hand_over()

    def _hand_over(self) -> None:
        worker = self.waiting
        if worker is None or not worker.theirs or self.zygote_sock is None:
            return
        try:
            socket.send_fds(self.zygote_sock, [b"fork"], worker.theirs)
        except OSError:
            return
        for fd in worker.theirs:
            os.close(fd)
        worker.theirs = []

    # -- the zygote ---------------------------------------------------------

    def _from_zygote(self) -> None:
        assert self.zygote_sock is not None
        try:
            data = self.zygote_sock.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self._lose_zygote()
            if self.worker is not None and self.worker.pid == 0 and not self.worker.theirs:
                self._restart()
            return
        message = json.loads(data)
        if message["type"] == "warm":
            self.warm = True
            if self.worker is None:
                self._fork()
            else:
                self._hand_over()
        elif message["type"] == "forked" and self.waiting is not None:
            self.waiting.pid = message["pid"]
            self.waiting = None
            if not self.ready_sent:
                self.ready_sent = True
                self.tell({"type": "ready", "protocol": 1, "python": sys.version.split()[0]})
        elif message["type"] == "failed":
            self._restart()
        elif message["type"] == "exited":
            self._exited(message["pid"], message["status"])

    def _reap(self, wake: int) -> None:
        os.read(wake, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self._check_guardians()
                return
            if pid == 0:
                self._check_guardians()
                return
            self._exited(pid, status)

    def _exited(self, pid: int, status: int) -> None:
        if self.worker is not None and pid == self.worker.pid:
            self._died(status)

    # -- the worker ---------------------------------------------------------

    def _died(self, status: int) -> None:
        """The worker is gone: what it printed is passed on, what it left running is killed, a new one comes."""
        worker = self.worker
        assert worker is not None
        running = worker.running
        self._drain_worker(worker)
        if self.worker is not worker:
            return
        oom = processes.oom_kills()
        code = os.waitstatus_to_exitcode(status)
        cause = "memory" if code == -signal.SIGKILL and oom > self.oom else "signal" if code < 0 else "exit"
        self.oom = oom
        if worker.output is not None:
            worker.output.end()
        self.tell({"type": "died", "id": running and running["id"], "cause": cause, "code": code})
        self._restart()
        self._check_guardians()

    def _restart(self) -> None:
        worker = self.worker
        if worker is not None:
            self.worker = self.waiting = None
            self._close(worker)
        processes.kill_others({self.zygote}, set(self.guardians.values()))
        self._fork()

    def _close(self, worker: Worker) -> None:
        self._unwatch(worker)
        worker.writer.close()
        worker.control.close()
        os.close(worker.writer_fd)
        for fd in (*worker.pipes, *worker.theirs):
            os.close(fd)
        worker.pipes, worker.theirs = {}, []

    def _watch(self, worker: Worker) -> None:
        """Reads from it as things come; idle while the host is behind."""
        if self.paused:
            return
        self._unwatch(worker)
        self.selector.register(worker.control, selectors.EVENT_READ, self._from_worker)
        for fd in worker.pipes:
            self.selector.register(fd, selectors.EVENT_READ, lambda fd=fd: self._from_pipe(fd))

    def _unwatch(self, worker: Worker) -> None:
        for fd in (worker.control, *worker.pipes):
            try:
                self.selector.unregister(fd)
            except KeyError:
                pass

    def _drain_worker(self, worker: Worker) -> None:
        while self.worker is worker and self._read_worker(worker) is READ_SOME:
            pass
        for fd in list(worker.pipes):
            self._from_pipe(fd)

    def _from_worker(self) -> None:
        worker = self.worker
        if worker is None or self._read_worker(worker) is not READ_END:
            return
        self.selector.unregister(worker.control)
        # It closed its channel, or left: either way it is of no use any more.
        if worker.pid:
            self._signal(worker, signal.SIGKILL)

    def _read_worker(self, worker: Worker) -> int:
        try:
            data = worker.control.recv(READ)
        except BlockingIOError:
            return READ_NOTHING
        except OSError:
            return READ_END
        if not data:
            return READ_END
        worker.reader.feed(data)
        try:
            while worker is self.worker and (frame := worker.reader.next()) is not None:
                self._worker_frame(worker, *frame)
        except (ProtocolError, RecursionError):
            return READ_END
        return READ_SOME

    def _worker_frame(self, worker: Worker, header: dict, payload: bytes) -> None:
        kind = header["type"]
        running = worker.running
        if kind in ("stream", "display", "result", "clear", "error", "done", "request"):
            for fd in list(worker.pipes):
                self._from_pipe(fd)
            if running is None or worker.output is None:
                return
            header["id"] = running["id"]
        if kind == "stream":
            payload = worker.output.text(payload)
            if payload:
                self.tell(header, payload)
        elif kind in ("display", "result"):
            if worker.output.display(len(payload)):
                self.tell(header, payload)
        elif kind == "done":
            self._flush_pipes(worker)
            worker.output.end()
            worker.running = worker.output = None
            self.tell(header)
        elif kind == "reply":
            if isinstance(header.get("guardian"), int) and len(self.guardians) < 4:
                self.guardians[str(header.get("label"))] = header["guardian"]
            self.tell(header, payload)
        elif kind == "request" and header.get("op") == "sync":
            # All that came before it was passed on: its child may print.
            worker.writer.write(pack({"type": "answer", "request": header.get("request"), "ok": True}))
        elif kind in ("clear", "error", "request"):
            self.tell(header, payload)

    def _from_pipe(self, fd: int) -> None:
        worker = self.worker
        if worker is None or fd not in worker.pipes:
            return
        name = worker.pipes[fd]
        for _ in range(16):
            try:
                data = os.read(fd, READ)
            except BlockingIOError:
                return
            if not data:
                if fd in self.selector.get_map():
                    self.selector.unregister(fd)
                return
            self._text(worker, name, worker.decoders[fd].decode(data))
            if self.host.size > OUT_HIGH:
                return

    def _flush_pipes(self, worker: Worker) -> None:
        for fd, name in worker.pipes.items():
            self._text(worker, name, worker.decoders[fd].decode(b"", True))

    def _text(self, worker: Worker, name: str, text: str) -> None:
        if not text or worker.running is None or worker.output is None:
            return
        data = worker.output.text(text.encode("utf-8", "replace"))
        for start in range(0, len(data), READ):
            self.tell({"type": "stream", "id": worker.running["id"], "name": name}, data[start : start + READ])

    def _check_guardians(self) -> None:
        """A snapshot whose process was killed is never going to be written: the host waits for no more of it."""
        gone = [label for label, pid in self.guardians.items() if not processes.exists(pid)]
        if not gone:
            return
        # Its last words may still be on their way.
        while select.select([self.side], [], [], 0)[0]:
            self._from_side()
        for label in gone:
            if self.guardians.pop(label, None) is not None:
                self.tell({"type": "snapshot", "label": label, "ok": False, "error": "the process that wrote them was killed"})

    def _from_side(self) -> None:
        """Lines from the guardians of snapshots."""
        *lines, self.side_text = (self.side_text + os.read(self.side, 1 << 16)).split(b"\n")
        self.side_text = self.side_text[-(1 << 16) :]
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                self.guardians.pop(str(message.get("label")), None)
                self.tell({**message, "type": "snapshot"})

    # -- the host -----------------------------------------------------------

    def tell(self, header: dict, payload: bytes = b"") -> None:
        self.host.write(pack(header, payload))
        if self.host.size > OUT_HIGH and not self.paused:
            self._pause(True)

    def _drained(self) -> None:
        if self.paused and self.host.size < OUT_HIGH // 2:
            self._pause(False)

    def _pause(self, on: bool) -> None:
        """The host reads slower than the worker writes: the worker waits."""
        self.paused = on
        if self.worker is not None:
            (self._unwatch if on else self._watch)(self.worker)

    def _from_host(self) -> None:
        try:
            data = os.read(self.host_in, READ)
        except BlockingIOError:
            return
        if not data:
            # The kernel is gone: the container goes with it, and nothing is left behind.
            os._exit(0)
        self.reader.feed(data)
        while (frame := self.reader.next()) is not None:
            self._host_frame(*frame)

    def _host_frame(self, header: dict, payload: bytes) -> None:
        kind = header["type"]
        worker = self.worker
        if kind in TO_WORKER:
            if worker is None:
                return
            if kind == "execute":
                worker.running = header
                worker.output = CellOutput(
                    str(header.get("cell", "")),
                    OUTPUT_LIMIT,
                    lambda text: self.tell({"type": "notice", "id": header["id"]}, text.encode()),
                )
            if kind in ("execute", "import"):
                worker.pristine = False
            worker.writer.write(pack(header, payload))
        elif kind == "answer" and worker is not None:
            worker.writer.write(pack(header, payload))
        elif kind == "interrupt" and worker is not None and worker.pid:
            self._signal(worker, signal.SIGINT)
        elif kind == "kill":
            if worker is not None and worker.pid:
                self._signal(worker, signal.SIGKILL)
        elif kind == "restore":
            self._fresh()
            assert self.worker is not None
            self.worker.pristine = False
            self.worker.writer.write(pack(header, payload))
        elif kind == "reset":
            self._fresh()
            self.tell({"type": "reply", "id": header["id"]}, b"{}")

    def _fresh(self) -> None:
        worker = self.worker
        if worker is None or not worker.pristine:
            if worker is not None:
                worker.running = None
                if worker.pid:
                    self._signal(worker, signal.SIGKILL)
            self._restart()

    def _signal(self, worker: Worker, number: int) -> None:
        """Stopped processes are woken first: the worker, to take its signal, and the zygote, to tell of its death."""
        processes.resume(self.zygote)
        processes.resume(worker.pid)
        try:
            os.kill(worker.pid, number)
        except ProcessLookupError:
            pass


def prepare_home() -> None:
    """The font cache of the image is read-only, and matplotlib wants a folder that it can write to."""
    home = os.environ.get("HOME", "/tmp/home")
    os.makedirs(home, exist_ok=True)
    target = os.environ.get("MPLCONFIGDIR", "")
    if target and not os.path.exists(target) and os.path.isdir("/opt/worldline/matplotlib"):
        shutil.copytree("/opt/worldline/matplotlib", target)


if __name__ == "__main__":
    processes.set_dumpable(False)
    prepare_home()
    Supervisor().run()
