"""The processes that write snapshots, as the supervisor sees them, and what they say when they are done."""

import json
import os
import select
import selectors
import signal
import time

from . import processes

MOST = 4
LARGEST_PID = 1 << 22
# A guardian, the process that pickles under it, and one that is being forked.
GROUP_SIZE = 3
LOOK_SECONDS = 0.5
LONGEST_LINE = 1 << 16


class Guardians:
    def __init__(self, selector: selectors.BaseSelector, tell) -> None:
        self._tell = tell
        self._read_end, self.write_end = os.pipe()
        self._text = b""
        # Label of a snapshot under way: the guardian's process id, which is that of its group.
        self._groups: dict[str, int] = {}
        # Label of the last snapshot that the worker finishes by itself.
        self._own = ""
        # When they are looked at next, by `time.monotonic`.
        self._due = 0.0
        selector.register(self._read_end, selectors.EVENT_READ, self._read)

    @property
    def fds(self) -> tuple[int, int]:
        return self._read_end, self.write_end

    @property
    def patience(self) -> float | None:
        """Seconds until `look` has something to do, though nothing happened."""
        return max(0.0, self._due - time.monotonic()) if self._groups else None

    @property
    def groups(self) -> set[int]:
        return set(self._groups.values())

    def began(self, label: str, pid: object) -> None:
        """As the worker says, which may say anything."""
        if len(self._groups) < MOST and isinstance(pid, int) and 1 < pid < LARGEST_PID:
            self._groups[label] = pid

    def worker_finishes(self, label: str) -> None:
        self._own = label

    def worker_is_gone(self) -> None:
        """What it had not finished stays so."""
        self._hear()
        if self._own:
            self._tell_killed(self._own)
        self._own = ""

    def look(self) -> None:
        """Checks them where that is due, however much else happens."""
        if self.patience == 0:
            self.check()

    def check(self) -> None:
        """A snapshot whose process was killed is never going to be written: the host waits for no more of it."""
        self._due = time.monotonic() + LOOK_SECONDS
        gone = [label for label, pid in self._groups.items() if not processes.runs(pid) or self._outgrown(pid)]
        if not gone:
            return
        # Its last words may still be on their way.
        self._hear()
        for label in gone:
            if self._groups.pop(label, None) is not None:
                self._tell_killed(label)

    def _hear(self) -> None:
        while select.select([self._read_end], [], [], 0)[0]:
            self._read()

    def _tell_killed(self, label: str) -> None:
        error = "the process that wrote them ended before it was done"
        self._tell({"type": "snapshot", "label": label, "ok": False, "error": error})

    @staticmethod
    def _outgrown(pid: int) -> bool:
        """Code that the user had hooked into the fork makes processes of its own: all of them go."""
        if sum(each.group == pid for each in processes.everyone()) <= GROUP_SIZE:
            return False
        processes.send_group(pid, signal.SIGKILL)
        return True

    def _read(self) -> None:
        *lines, self._text = (self._text + os.read(self._read_end, LONGEST_LINE)).split(b"\n")
        self._text = self._text[-LONGEST_LINE:]
        for line in lines:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(message, dict):
                label, error = str(message.get("label")), str(message.get("error"))
                self._groups.pop(label, None)
                self._own = "" if label == self._own else self._own
                self._tell({"type": "snapshot", "label": label, "ok": message.get("ok") is True, "error": error})
