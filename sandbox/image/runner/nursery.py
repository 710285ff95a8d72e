"""The supervisor's side of the zygote: starts it, and has workers forked from it."""

import contextlib
import json
import os
import selectors
import signal
import socket
import traceback

from .link import WorkerLink


class Nursery:
    """`events` has the methods `able()`, `warm()`, `forked()`, `fork_failed()`, `exited(pid, status)` and `zygote_lost()`."""

    def __init__(self, selector: selectors.BaseSelector, events) -> None:
        self._selector, self._events = selector, events
        self._sock: socket.socket | None = None
        # Whether it can fork workers, and whether all that they may use is warm.
        self._able = self.is_warm = False
        self._rests = False
        # Whether it warms more than cells cannot do without: until one ended of that, as where a package of the image is broken.
        self._warms = True
        # Links whose process was asked for, in the order of asking.
        self._asked: list[WorkerLink] = []
        self.pid = 0

    @property
    def is_there(self) -> bool:
        return self._sock is not None

    def start(self, ours_alone: list[int]) -> bool:
        """Forks the zygote, which closes the descriptors that are the supervisor's alone. False: no process to be had."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            return False
        if pid == 0:
            ours.close()
            self._be_zygote(theirs, ours_alone)
        theirs.close()
        self.pid, self._sock = pid, ours
        self._selector.register(ours, selectors.EVENT_READ, self._read)
        return True

    def fork(self, link: WorkerLink) -> None:
        """Has a process forked for a link, unless it has one, or one was asked for."""
        if self._sock is None or not self._able or link.pid or link in self._asked:
            return
        try:
            link.ask(self._sock)
        except OSError:
            # It has just died: another one comes.
            return
        self._asked.append(link)
        self._rests = not self.is_warm

    def go_on(self) -> None:
        """What had to be forked early has done what was waited for: the rest is warmed."""
        if not self._rests or self._sock is None:
            return
        self._rests = False
        with contextlib.suppress(OSError):  # it has just died
            self._sock.send(b"go on")

    def _be_zygote(self, sock: socket.socket, ours_alone: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        for fd in ours_alone:
            os.close(fd)
        try:
            from . import zygote

            zygote.run(sock, self._warms)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)

    def _read(self) -> None:
        try:
            data = self._sock.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(self._sock)
            self._sock.close()
            self._warms = self._warms and (self.is_warm or not self._able)
            self._sock, self._asked, self.pid = None, [], 0
            self._able = self.is_warm = self._rests = False
            self._events.zygote_lost()
            return
        message = json.loads(data)
        if message["type"] == "able":
            self._able = True
            self._events.able()
        elif message["type"] == "warm":
            self.is_warm = True
            self._events.warm()
        elif message["type"] == "forked":
            self._asked.pop(0).forked(message["pid"])
            self._events.forked()
        elif message["type"] == "failed":
            self._asked.pop(0)
            self._events.fork_failed()
        elif message["type"] == "exited":
            self._events.exited(message["pid"], message["status"])
