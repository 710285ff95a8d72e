"""How much of a cell's output goes on to the host. The host checks again: this only saves it the work."""

import os
import re

OUTPUT_BYTES = 10 << 20
KEPT_BYTES = 100 << 20
DISPLAYS = 2000
DISPLAY_BYTES = 128 << 20


class Displays:
    """Counts what one cell displays."""

    def __init__(self) -> None:
        self._count = 0
        self._bytes = 0

    @property
    def are_used_up(self) -> bool:
        return self._count > DISPLAYS or self._bytes > DISPLAY_BYTES

    def add(self, size: int) -> None:
        self._count += 1
        self._bytes += size


class CellOutput:
    """Counts what one cell puts out; past the limit, the full text goes to a file of the workspace."""

    def __init__(self, cell: str, limit: int, notice) -> None:
        self._limit = limit
        self._notice = notice
        self._name = (re.sub(r"[^a-z0-9]+", "-", cell.lower()).strip("-") or "cell") + "-output.txt"
        self._head: list[bytes] = []
        self._bytes = 0
        self._total = 0
        self._written = 0
        self._file = -1
        self._failed = False
        self._displays = Displays()

    def text(self, data: bytes) -> bytes:
        """What of `data` is to be shown."""
        self._total += len(data)
        if self._file < 0 and not self._failed and self._bytes + len(data) <= self._limit:
            self._bytes += len(data)
            self._head.append(data)
            return data
        shown = b""
        if self._file < 0 and not self._failed:
            shown = _whole_characters(data[: self._limit - self._bytes])
            self._bytes += len(shown)
            self._open()
        self._keep(data)
        return shown

    def display(self, size: int) -> bool:
        """Is one more display of this size to be shown?"""
        told = self._displays.are_used_up
        self._displays.add(size)
        if not self._displays.are_used_up:
            return True
        if not told:
            self._notice(f"More than {DISPLAYS:,} displays, or {DISPLAY_BYTES >> 20} MB of them: the rest is left out.")
        return False

    def end(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            if self._total > self._written:
                self._notice(f"{self._name} has the first {KEPT_BYTES >> 20} MB of {self._total >> 20:,} MB.")

    def _open(self) -> None:
        where = f"Output is cut after {self._limit / (1 << 20):.3g} MB"
        try:
            try:
                os.unlink(self._name)
            except FileNotFoundError:
                pass
            self._file = os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        except OSError as error:
            self._failed = True
            self._notice(f"{where}; the rest is lost: {error}.")
            return
        for part in self._head:
            self._keep(part)
        self._head = []
        self._notice(f"{where}; {self._name} gets all of it, up to {KEPT_BYTES >> 20} MB.")

    def _keep(self, data: bytes) -> None:
        if self._file < 0:
            return
        room = KEPT_BYTES - self._written
        try:
            while data and room > 0:
                count = os.write(self._file, data[:room])
                self._written += count
                room -= count
                data = data[count:]
        except OSError as error:
            os.close(self._file)
            self._file, self._failed = -1, True
            self._notice(f"{self._name} is not complete: {error}.")


def _whole_characters(data: bytes) -> bytes:
    return data.decode("utf-8", "ignore").encode()
