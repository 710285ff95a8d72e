"""Clearing the container of what user code left running."""

import os
import signal
from collections.abc import Callable

from . import processes

ROUNDS = 20


class Sweep:
    """
    Kills every process but those to keep, and again what came meanwhile, until none is left, not even one that waits to
    be reaped: a place that it takes is a place that the next cell does not have. To be stepped whenever a process ends.
    `keep` gives the processes to keep as they are now; `groups` are spared.
    """

    def __init__(self, keep: Callable[[], set[int]], groups: set[int]) -> None:
        self._keep, self._groups = keep, groups
        self._pending: list[int] = []
        self._rounds = 0
        # What this process cannot reap: children of those that stay.
        self.orphans_of: dict[int, list[int]] = {}
        self.hopeless = False

    def is_quiet(self) -> bool:
        return not self._left()

    def step(self) -> bool:
        """True when all is quiet."""
        self._pending = [pid for pid in self._pending if processes.exists(pid)]
        if self._pending:
            return False
        if self.is_quiet():
            return True
        self.kill()
        return not self._pending

    def _left(self) -> list[processes.Process]:
        keep, there = self._keep(), processes.everyone()
        reapers = {os.getpid(), *keep}
        return [
            each
            for each in there
            if each.pid not in keep
            and each.group not in self._groups
            # One that has ended is quiet, unless it is for one of us to reap.
            and (not each.ended or each.parent in reapers)
        ]

    def kill(self) -> None:
        """Without a look at whether there is anything to kill, which among many that run takes a while."""
        self._rounds += 1
        # Somebody who is to stay makes new ones as fast as they go.
        self.hopeless = self._rounds > ROUNDS
        processes.stop_all()
        left, keep = self._left(), self._keep()
        for each in left:
            processes.send(each.pid, signal.SIGKILL)
        processes.resume_all()
        going = {each.pid for each in left}
        self._pending = [each.pid for each in left if each.parent in {os.getpid(), *keep, *going}]
        self.orphans_of = {}
        for each in left:
            if each.parent in keep:
                self.orphans_of.setdefault(each.parent, []).append(each.pid)
