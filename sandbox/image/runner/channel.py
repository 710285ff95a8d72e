"""The worker's end of its socket to the supervisor, safe against an interrupt in the middle of a frame."""

import functools
import os
import posix
import select
import signal
import socket
import threading
from collections.abc import Callable

from .frames import Reader, encode_any, pack


MOST_HELD = 64 << 10


class Shield:
    """
    While held by the main thread, SIGINT waits: a KeyboardInterrupt never leaves half a frame behind.

    What is armed is interrupted once: the signal that comes again is for what missed it.
    """

    def __init__(self) -> None:
        self._main = threading.main_thread().ident
        self._depth = 0
        self._pending = False
        self.armed = False

    def install(self) -> None:
        signal.signal(signal.SIGINT, self._interrupted)

    def cover_forks(self) -> None:
        """What is raised while Python's hooks of a fork run is only printed, and most of a fork is spent in them."""
        os.fork = posix.fork = self._covered(os.fork)
        os.forkpty = posix.forkpty = self._covered(os.forkpty)

    def _covered(self, fork: Callable) -> Callable:
        @functools.wraps(fork)
        def covered():
            __tracebackhide__ = True
            parent = os.getpid()
            try:
                with self:
                    result = fork()
            except KeyboardInterrupt as interrupt:
                # Not in the wake of what the fork raised itself, in here.
                raise interrupt from None
            if os.getpid() != parent and signal.getsignal(signal.SIGINT) == self._interrupted:
                signal.signal(signal.SIGINT, signal.default_int_handler)
            return result

        return covered

    def arm(self) -> None:
        self._pending = False
        self.armed = True

    def disarm(self) -> None:
        self.armed = False
        self._pending = False

    def _interrupted(self, _number, _frame) -> None:
        __tracebackhide__ = True
        if not self.armed:
            return
        if self._depth:
            self._pending = True
            return
        self.interrupt()

    def interrupt(self) -> None:
        __tracebackhide__ = True
        self.disarm()
        raise KeyboardInterrupt

    def __enter__(self) -> None:
        if threading.get_ident() == self._main:
            self._depth += 1

    def __exit__(self, *_error) -> None:
        __tracebackhide__ = True
        if threading.get_ident() != self._main:
            return
        self._depth -= 1
        if self._depth == 0 and self._pending:
            self.interrupt()


class Channel:
    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._reader = Reader()
        # A frame that was looked at ahead of its turn.
        self._next: tuple[dict, bytes] | None = None
        self._lock = threading.RLock()
        self._held = b""
        self._requests = 0
        self._requesting = threading.Lock()
        self.shield = Shield()
        # Takes what the host asks while a request waits for its answer.
        self.meanwhile = lambda header, body: None

    def send(self, header: dict, payload: bytes = b"", more: bool = False) -> None:
        """With `more`, another frame follows at once, and a small one leaves together with it."""
        frame = pack(header, payload)
        with self.shield, self._lock:
            frame, self._held = self._held + frame, b""
            if more and len(frame) < MOST_HELD:
                self._held = frame
            else:
                self._sock.sendall(frame)

    def send_reply(self, number: int, fields: dict) -> None:
        """Fields may be larger than a header: they go as the payload."""
        body = encode_any(fields).encode("utf-8", "replace")
        header = {key: fields[key] for key in ("guardian", "label") if key in fields}
        self.send({**header, "type": "reply", "id": number}, body)

    def abandon(self) -> None:
        """In a forked child of user code: the channel is the parent's."""
        self._sock.close()
        self._lock = threading.RLock()
        self.shield = Shield()

    def receive(self) -> tuple[dict, bytes]:
        """The next frame; an interrupt may end the wait, and loses nothing."""
        __tracebackhide__ = True
        while True:
            with self.shield:
                self._look()
                frame, self._next = self._next, None
            if frame is not None:
                return frame
            select.select([self._sock], [], [])
            with self.shield:
                self._read()

    def is_interrupted(self, number: int) -> bool:
        """Whether the cell that begins was interrupted before it could hear a signal: then that is the next frame."""
        with self.shield:
            if select.select([self._sock], [], [], 0)[0]:
                self._read()
            self._look()
        return self._next is not None and self._next[0] == {"type": "interrupt", "id": number}

    def _look(self) -> None:
        if self._next is None:
            self._next = self._reader.next()

    def _read(self) -> None:
        data = self._sock.recv(1 << 18)
        if not data:
            raise SystemExit(0)
        self._reader.feed(data)

    def request(self, op: str, **fields):
        """Asks the host, and waits for its answer."""
        __tracebackhide__ = True
        with self._requesting:
            self._requests += 1
            number = self._requests
            self.send({"type": "request", "request": number, "op": op, **fields})
            while True:
                header, body = self.receive()
                if header["type"] == "answer" and header.get("request") == number:
                    break
                self.meanwhile(header, body)
        if not header.get("ok"):
            raise HostError(str(header.get("error", "the host gave no answer")))
        return header.get("value")


class HostError(Exception):
    """The host could not do what it was asked; the message says why."""


HostError.__module__ = "builtins"
