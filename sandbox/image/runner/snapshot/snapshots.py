"""What a worker holds: its namespace, what is stored of it already, and the captures under way."""

import contextlib
import os
import pickle
import re
import select
import sys
import time

from . import guardian
from .blocks import Known
from .live import set_live
from .load import known_of, load, read_manifest
from .names import variables_of
from .process import ProcessState
from .save import Save
from .unchanged import imprint

_LABEL = re.compile(r"[a-z0-9-]{1,64}")
MAX_UNDER_WAY = 2
GLANCE = 0.002
"""Seconds of CPU time."""


class Pending:
    """A capture: the guardian's process id, None where there is none, and the milliseconds that the worker stood still."""

    def __init__(self, pid, pause, rest=lambda: None):
        self.pid = pid
        self.pause = pause
        self._rest = rest

    def finish(self):
        """Does what is left of it and can wait until the answer is out, but not for the next cell."""
        self._rest()


class _Stored:
    """It is known what is stored: nothing yet, or what a capture wrote in the worker itself."""

    fds = frozenset()
    ended = True

    def __init__(self, known):
        self._known = known

    def known(self, _):
        return self._known, ()


class _Restored:
    """What the restored manifest refers to is stored."""

    fds = frozenset()
    ended = True

    def __init__(self, manifest):
        self._manifest = manifest

    def known(self, blobs):
        return known_of(self._manifest, blobs), ()


class _Captured:
    """What an earlier capture of this worker wrote is stored, if it came to its end; else what was before it."""

    def __init__(self, handover, alive, before):
        self._handover = handover
        self._alive = alive
        self._before = before

    @property
    def fds(self):
        return {self._handover, self._alive} | self._before.fds

    @property
    def ended(self):
        """Whether `known` tells at once."""
        if not select.select([self._alive], [], [], 0)[0]:
            return False
        return bool(os.fstat(self._handover).st_size) or self._before.ended

    def known(self, blobs):
        os.read(self._alive, 1)  # Ends when the guardian does.
        size = os.fstat(self._handover).st_size
        if not size:
            return self._before.known(blobs)
        tables, sizes, lost = pickle.loads(os.pread(self._handover, size, 0))
        known = Known()
        for source, table in tables.items():
            known.add(source, table, sizes[source])
        return known, lost

    def settle(self):
        """Forgets what was before, once it is not needed; to be called when the guardian has ended."""
        if os.fstat(self._handover).st_size:
            self._before = _Stored(Known())

    def __del__(self):
        os.close(self._handover)
        os.close(self._alive)


class Snapshots:
    """Captures and restores a namespace. To be made before the user's first cell; a variable may take `seconds` to save.

    `oom_kills` begins to count what the system kills for want of memory: `grew()` tells whether there was any.
    """

    def __init__(self, namespace, blobs, oom_kills, seconds=60):
        self._namespace = namespace
        self._blobs = blobs
        self._live = _live_objects(namespace)
        self._seconds = seconds
        self._oom_kills = oom_kills
        self._initial = dict(namespace)
        self._process = ProcessState()
        self._previous = _Stored(Known())
        self._under_way = {}
        # What the latest capture took, where it was little.
        self._taken = None
        # Seconds of CPU time that the latest look at all of them took.
        self._looked = 0.0
        set_live(self._live)

    def capture(self, directory, label, notify, full=False, keep=(), lazy=False):
        """Saves the variables as they are now: small ones at once, others by a guardian that it forks.

        Raises ValueError for an unfit label or directory. With `lazy`, None where they are seen at once to be what the latest
        capture took.
        """
        start = time.perf_counter()
        if not _LABEL.fullmatch(label) or not os.path.isabs(directory):
            raise ValueError("a capture needs a label of a-z, 0-9 and - and an absolute directory")
        state = self._process.take()
        variables = variables_of(self._namespace, self._initial)
        numpy = sys.modules.get("numpy")
        now = self._look(variables, state, numpy)
        if lazy and not full and now is not None and now == self._taken:
            return None
        self.reap()
        save = Save(directory, label, self._namespace, self._live, state, numpy)
        previous = _Stored(Known()) if full else self._previous
        manifest = self._write(save, variables, previous) if now is not None and previous.ended else None
        if manifest is not None:
            self._taken = now
            pause = (time.perf_counter() - start) * 1000
            return Pending(None, pause, lambda: notify({"label": label, **_complete(save, manifest, variables)}))
        while len(self._under_way) >= MAX_UNDER_WAY:
            self._wait_for(next(iter(self._under_way)))
        handover = os.memfd_create("handover", os.MFD_CLOEXEC)
        alive, end = os.pipe()
        capture = guardian.Capture(save, variables, previous, self._blobs, handover, self._seconds, self._oom_kills)
        try:
            pid = guardian.fork()
        except OSError:
            for fd in (handover, alive, end):
                os.close(fd)
            raise
        if pid == 0:
            _guard(capture, label, notify, {*keep, end, handover} | previous.fds)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # Also done by the guardian: whoever comes first.
        os.close(end)
        captured = _Captured(handover, alive, previous)
        self._under_way[pid] = captured
        self._previous = captured
        self._taken = now
        return Pending(pid, (time.perf_counter() - start) * 1000)

    def is_unchanged(self):
        """Whether the variables are what the latest capture took; False as well where a look at them takes longer."""
        if self._taken is None or self._looked > GLANCE:
            return False
        try:
            state = self._process.take()
        except Exception:  # the user's own in the place of a library's
            return False
        variables = variables_of(self._namespace, self._initial)
        return self._look(variables, state, sys.modules.get("numpy")) == self._taken

    def _look(self, variables, state, numpy):
        start = time.thread_time()
        try:
            return imprint(self._namespace, variables, self._live, state, numpy)
        finally:
            self._looked = time.thread_time() - start

    def _write(self, save, variables, previous):
        """Writes a capture here and now; gives its manifest, or None where it takes a guardian to tell what stands in the way."""
        if len(sys._current_frames()) > 1:
            # Only a fork takes the variables at one moment where other threads go on.
            return None
        try:
            known, suspects = previous.known(self._blobs)
            if suspects:
                return None
            manifest, known = save.run(variables, {}, known, ())
            if manifest["lost"]:
                save.discard()
                return None
        except Exception:
            save.discard()
            return None
        self._previous = _Stored(known)
        return manifest

    def running(self):
        """The process ids of the guardians at work."""
        self.reap()
        return list(self._under_way)

    def reap(self):
        for pid in list(self._under_way):
            self._wait_for(pid, os.WNOHANG)

    def restore(self, manifest):
        """Fills the namespace from a manifest, given as JSON. Raises ValueError or OSError where it cannot be read."""
        manifest = read_manifest(manifest)
        loaded = load(manifest, self._blobs)
        self._namespace.update(loaded.variables)
        self._process.give_back(loaded.state)
        self._previous = _Restored(manifest)
        self._taken = None
        return {"restored": list(loaded.variables), "lost": loaded.lost}

    def _wait_for(self, pid, options=0):
        try:
            ended, _ = os.waitpid(pid, options)
        except ChildProcessError:
            ended = pid  # The user's own os.wait() took it.
        if ended:
            self._under_way.pop(pid).settle()


def _complete(save, manifest, variables):
    try:
        save.digest(manifest, variables)
        save.finish(manifest)
    except Exception as error:
        save.discard()
        return {"ok": False, "error": " ".join(f"{type(error).__name__}: {error}".split())[:400]}
    return {"ok": True}


def _guard(capture, label, notify, keep):
    """The life of a guardian."""
    code = 1
    try:
        error = guardian.guard(capture, keep)
        notify({"label": label, "ok": True} if error is None else {"label": label, "ok": False, "error": error})
        code = 0
    except Exception as error:
        notify({"label": label, "ok": False, "error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(code)


def _live_objects(namespace):
    """What variables may refer to but not carry along: on restoring, the new worker's own stand in their place."""
    objects = {"namespace": namespace, "stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
    if "IPython" in sys.modules:
        objects["shell"] = sys.modules["IPython"].get_ipython()
    return {name: value for name, value in objects.items() if value is not None}
