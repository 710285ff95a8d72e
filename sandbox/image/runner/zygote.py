"""A warm, single-threaded process that every worker is forked from."""

import gc
import json
import os
import select
import signal
import socket
from collections.abc import Callable

from . import processes, warm, worker

# In which whoever waits for a first cell asks for it.
FIRST_SECONDS = 0.02
# Of cells, and the more so of what they fork: whatever they do, the supervisor gets to run, and ends it.
NICE = 5


def run(sock: socket.socket, warms: bool) -> None:
    """Serves `fork` requests until the supervisor is gone, and warms what cells use first meanwhile. Never returns."""
    processes.set_dumpable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing of what is imported goes again, and to look for what does takes a fifth of the time.
    gc.disable()
    shell = worker.prepare()
    Zygote(sock, shell, [*(warm.steps(shell) if warms else []), _tidy]).serve()


class Zygote:
    def __init__(self, sock: socket.socket, shell, steps: list[Callable[[], None]]) -> None:
        self._sock, self._shell, self._steps = sock, shell, steps
        self._wake, self._wake_write = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        # A worker had to be forked before all is warm: its cell has the CPU until it is over.
        self._rests = False

    def serve(self) -> None:
        self._tell({"type": "able"})
        patience = FIRST_SECONDS
        while True:
            waits = self._rests or not self._steps
            readable, _, _ = select.select([self._sock, self._wake], [], [], None if waits else patience)
            if self._wake in readable:
                os.read(self._wake, 4096)
                self._reap()
            if self._sock in readable:
                self._serve_one()
            elif not readable and not waits:
                self._step()
                patience = 0

    def _serve_one(self) -> None:
        data, fds, _, _ = socket.recv_fds(self._sock, 4096, 6)
        if not data:
            os._exit(0)
        if data == b"fork":
            self._rests = bool(self._steps)
            self._fork(fds)
        else:
            self._rests = False

    def _step(self) -> None:
        self._steps.pop(0)()
        if not self._steps:
            self._tell({"type": "warm"})

    def _fork(self, fds: list[int]) -> None:
        gc.freeze()
        try:
            pid = os.fork()
        except OSError as error:
            for fd in fds:
                os.close(fd)
            self._tell({"type": "failed", "error": str(error)})
            return
        if pid:
            for fd in fds:
                os.close(fd)
            _lead(pid)
            self._tell({"type": "forked", "pid": pid})
            return
        _lead(0)
        os.nice(NICE)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._sock.close()
        for fd in (self._wake, self._wake_write):
            os.close(fd)
        gc.enable()
        try:
            worker.run(self._shell, fds)
        finally:
            # Its channel ended, or a cell broke it.
            os._exit(1)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._tell({"type": "exited", "pid": pid, "status": status})

    def _tell(self, message: dict) -> None:
        self._sock.send(json.dumps(message).encode())


def _lead(pid: int) -> None:
    """Makes a worker the leader of a group, which an interrupt goes to. Done on both sides: whoever comes first."""
    try:
        os.setpgid(pid, pid)
    except (ProcessLookupError, PermissionError):
        # It has ended already.
        pass


def _tidy() -> None:
    """What is not needed again is freed, and the rest left alone from then on: a look at it would copy its pages."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
