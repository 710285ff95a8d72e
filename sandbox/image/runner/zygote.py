"""A warm, single-threaded process that every worker is forked from."""

import gc
import json
import os
import select
import signal
import socket

from . import processes, worker


def run(sock: socket.socket) -> None:
    """Serves `fork` requests until the supervisor is gone. Never returns."""
    processes.set_dumpable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shell = worker.prepare()
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_read, False)
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    gc.collect()
    gc.freeze()
    _tell(sock, {"type": "warm"})
    while True:
        readable, _, _ = select.select([sock, wake_read], [], [])
        if wake_read in readable:
            os.read(wake_read, 4096)
            _reap(sock)
        if sock in readable:
            data, fds, _, _ = socket.recv_fds(sock, 4096, 5)
            if not data:
                os._exit(0)
            _fork(sock, fds, [wake_read, wake_write], shell)


def _fork(sock: socket.socket, fds: list[int], own: list[int], shell) -> None:
    try:
        pid = os.fork()
    except OSError as error:
        for fd in fds:
            os.close(fd)
        _tell(sock, {"type": "failed", "error": str(error)})
        return
    if pid:
        for fd in fds:
            os.close(fd)
        _lead(pid)
        _tell(sock, {"type": "forked", "pid": pid})
        return
    _lead(0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    sock.close()
    for fd in own:
        os.close(fd)
    try:
        worker.run(shell, fds)
    finally:
        # Its channel ended, or a cell broke it.
        os._exit(1)


def _lead(pid: int) -> None:
    """Makes a worker the leader of a group, which an interrupt goes to. Done on both sides: whoever comes first."""
    try:
        os.setpgid(pid, pid)
    except (ProcessLookupError, PermissionError):
        # It has ended already.
        pass


def _reap(sock: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _tell(sock, {"type": "exited", "pid": pid, "status": status})


def _tell(sock: socket.socket, message: dict) -> None:
    sock.send(json.dumps(message).encode())
