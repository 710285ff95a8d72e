"""What cells have as stdin, stdout and stderr, and what of it their children get."""

import fcntl
import os
import sys

from .streams import Output, Stream

HIGH_FD = 960
STARTS_CHILD = {"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty"}


def high(fd: int) -> int:
    """A copy of a descriptor, out of the way of those that code opens."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH_FD)


class Standard:
    """`out` and `err` are the supervisor's pipes, for what is printed past Python's own streams."""

    def __init__(self, channel, output: Output, out: int, err: int) -> None:
        self._channel, self._output = channel, output
        self._descriptors = (high(os.open(os.devnull, os.O_RDONLY)), out, err)
        self._streams = (Stream(output, "stdout"), Stream(output, "stderr"))
        self._null = open(os.devnull, encoding="utf-8")
        self._syncing = False
        sys.addaudithook(self._before_child)

    @property
    def err(self) -> int:
        return self._descriptors[2]

    def put_back(self) -> None:
        """Back to the supervisor's pipes and our streams, whatever the last cell did to them."""
        for number, fd in enumerate(self._descriptors):
            os.dup2(fd, number)
        if self._null.closed:
            self._null = open(os.devnull, encoding="utf-8")
        sys.stdin = self._null
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__ = self._streams

    def _before_child(self, event: str, _arguments) -> None:
        """What was printed before a child starts is shown before what the child prints, while a cell runs."""
        output = self._output
        if event not in STARTS_CHILD or output.id is None or not output.unsynced or self._syncing:
            return
        self._syncing = True
        try:
            output.flush()
            output.unsynced = False
            self._channel.request("sync")
        finally:
            self._syncing = False
