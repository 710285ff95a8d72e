"""PID 1 of the container: it owns the host's channel, forks workers from the zygote, and survives them.

As PID 1 it gets no signal that it did not ask for, SIGKILL and SIGSTOP among them, from inside the container; not being
dumpable, neither its memory nor its descriptors can be reached by code of the same user.
"""

import os
import selectors
import shutil
import signal
import sys

# Run as a script: its own folder is no place to import from.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from worldline_runner import cgroup, links, processes  # noqa: E402
from worldline_runner.guardians import Guardians  # noqa: E402
from worldline_runner.host import Host  # noqa: E402
from worldline_runner.link import WorkerLink  # noqa: E402
from worldline_runner.nursery import Nursery  # noqa: E402
from worldline_runner.sweep import Sweep  # noqa: E402

TO_WORKER = {"complete", "inspect", "is_complete", "variables", "frames", "export", "import", "snapshot", "answer"}
RETRY_SECONDS = 0.02
# More than this part of the processes that there may be are left running by no cell that was interrupted.
MANY = 8


class Supervisor:
    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.host = Host(self.selector, self._host_frame, self._host_paused)
        self.guardians = Guardians(self.selector, self.host.tell)
        self.nursery = Nursery(self.selector, self)
        self.worker: WorkerLink | None = None
        # Under way before the next worker comes, or before a cell is over.
        self.sweep: Sweep | None = None
        self.done: dict | None = None
        self.oom_kills = cgroup.oom_kills()
        self.refused_forks = cgroup.refused_forks()
        self.room = cgroup.Room()
        self.warm_sent = False
        # For a zygote, or a worker: to be tried again soon.
        self.no_room = False
        self.wake, self.wake_write = os.pipe()

    def run(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.set_blocking(self.wake, False)
        os.set_blocking(self.wake_write, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        self.selector.register(self.wake, selectors.EVENT_READ, self._reap)
        while True:
            self._next_zygote()
            for key, _ in self.selector.select(RETRY_SECONDS if self.no_room else self.guardians.patience):
                if key.fd in self.selector.get_map():
                    key.data()
            self.guardians.look()
            if self.no_room and self.nursery.is_there:
                self._fork_again()
            self.host.flush()

    # -- processes come and go ----------------------------------------------

    def _next_zygote(self) -> None:
        if self.nursery.is_there:
            return
        self.no_room = not self.nursery.start([*self.host.fds, *self.guardians.fds, self.wake, self.wake_write])
        if self.no_room:
            Sweep(set, set()).step()

    def able(self) -> None:
        """A worker can be had at once. The first is forked when something is asked of it, or when all is warm."""
        if self.worker is not None:
            # Of a zygote after the first: nobody waits where nothing was run yet.
            if not self.worker.pristine:
                self._fork()
            return
        self._next_worker()
        self.host.tell({"type": "ready", "protocol": 1, "python": sys.version.split()[0]})

    def warm(self) -> None:
        self._fork()
        self.forked()

    def forked(self) -> None:
        if self.nursery.is_warm and self.worker.pid and not self.warm_sent:
            self.warm_sent = True
            self.host.tell({"type": "warm"})

    def _fork(self) -> None:
        if self.sweep is None:
            self.nursery.fork(self.worker)

    def fork_failed(self) -> None:
        self.no_room = True

    def _fork_again(self) -> None:
        """There was no room, though all was quiet: what hides among those that write snapshots goes as well."""
        self.no_room = False
        self._clear(set())

    def zygote_lost(self) -> None:
        if self.worker is None:
            # Of the image, and not of anybody's code.
            sys.exit(1)
        if self.worker.pid == 0:
            # It may have forked a worker, and not told.
            self._clear(self.guardians.groups)

    def _reap(self) -> None:
        os.read(self.wake, 4096)
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            self.exited(pid, status)
        self.guardians.check()
        self._swept()

    def exited(self, pid: int, status: int) -> None:
        if self.worker is not None and pid == self.worker.pid:
            self._died(self.worker, status)
        else:
            self._swept()

    def _died(self, worker: WorkerLink, status: int) -> None:
        """The worker is gone: what it printed is passed on, what it left running is killed, a new one comes."""
        worker.drain()
        running = worker.running
        worker.end_cell()
        short_of_memory = self.oom_kills.grew()
        code = os.waitstatus_to_exitcode(status)
        cause = "memory" if code == -signal.SIGKILL and short_of_memory else "signal" if code < 0 else "exit"
        if running is not None and self.refused_forks.grew():
            self._tell_limit(running)
        self.host.tell({"type": "died", "id": running, "cause": cause, "code": code}, worker.crash())
        self._restart()
        self.guardians.check()

    def _restart(self) -> None:
        """A fresh worker, as soon as nothing is left of the one before."""
        if self.worker is not None:
            self.worker.close()
            self.guardians.worker_is_gone()
        self.done = None
        self._next_worker()
        self._clear(self.guardians.groups)

    def _clear(self, spared: set[int]) -> None:
        self.sweep = Sweep(lambda: {self.nursery.pid}, spared)
        self._swept()

    def _all_but(self, worker: WorkerLink) -> Sweep:
        return Sweep(lambda: {self.nursery.pid, worker.pid}, self.guardians.groups)

    def _next_worker(self) -> None:
        self.worker = WorkerLink(self.selector, self.guardians.write_end, self.host, self._worker_frame)
        self.worker.watch()

    def _swept(self) -> None:
        """Goes on with what waited for the container to be quiet."""
        if self.sweep is None or self.worker is None:
            return
        if not self.sweep.step():
            self._sweep_on(self.worker)
            return
        self.sweep = None
        if self.done is not None:
            self._tell_done(self.worker, self.done)
        else:
            self.nursery.fork(self.worker)

    def _sweep_on(self, worker: WorkerLink) -> None:
        assert self.sweep is not None
        if not self.sweep.hopeless:
            children = self.sweep.orphans_of.pop(worker.pid, None)
            if children:
                worker.send({"type": "reap", "pids": children})
        elif self.done is not None:
            worker.kill()
        else:
            self._clear(set())

    # -- cells ----------------------------------------------------------------

    def _worker_frame(self, worker: WorkerLink, header: dict, payload: bytes) -> None:
        kind = header["type"]
        if kind in ("done", "reply"):
            self.nursery.go_on()
        if kind == "done":
            self._done(worker, header)
        elif kind == "reaped":
            self._swept()
        elif kind == "reply":
            if "guardian" in header:
                self.guardians.began(str(header.get("label")), header["guardian"])
            elif "label" in header:
                self.guardians.worker_finishes(str(header["label"]))
            self.host.tell(header, payload)

    def _done(self, worker: WorkerLink, header: dict) -> None:
        """A cell that used up the processes is over when those that it left are gone: the next one needs their room."""
        # Of those refused, the worker wanted some itself, to show what the cell printed.
        own = header.pop("refused", 0)
        refused = self.refused_forks.grew(own if isinstance(own, int) else 0)
        # What is forked while an interrupt goes round does not hear it, and a fork bomb would grow again.
        stopped = header.get("status") == "interrupted"
        if refused or (stopped and self.room.is_short(MANY)):
            sweep = self._all_but(worker)
            wanted = (stopped or self.room.is_short()) and not sweep.is_quiet()
            if refused:
                self._tell_limit(header["id"], " What was left running was ended." if wanted else "")
            if wanted:
                self.done, self.sweep = header, sweep
                self._swept()
                return
        self._tell_done(worker, header)

    def _tell_done(self, worker: WorkerLink, header: dict) -> None:
        self.done = None
        worker.end_cell()
        self.host.tell(header)

    def _tell_limit(self, cell: int, more: str = "") -> None:
        limit = "" if self.room.limit is None else f" {self.room.limit}"
        text = f"The code wanted more than the sandbox's{limit} processes and threads (SANDBOX_PIDS).{more}"
        self.host.tell({"type": "notice", "id": cell}, text.encode())

    # -- the host ---------------------------------------------------------------

    def _host_paused(self, on: bool) -> None:
        if self.worker is not None:
            (self.worker.unwatch if on else self.worker.watch)()

    def _host_frame(self, header: dict, payload: bytes) -> None:
        kind = header["type"]
        worker = self.worker
        if worker is None:
            return
        # Whoever asks for something does not wait until all is warm.
        self._fork()
        if kind == "execute":
            # What was refused or killed until now is not this cell's.
            self.refused_forks.grew()
            self.oom_kills.grew()
            worker.execute(header, payload)
        elif kind in TO_WORKER:
            worker.pristine = worker.pristine and kind != "import"
            worker.send(header, payload)
        elif kind == "interrupt":
            # Stopped processes are woken: the zygote, to tell of the death of a worker, and the worker, to take its signal.
            processes.resume(self.nursery.pid)
            worker.interrupt()
            if self.room.is_short() and worker.pid:
                # Among so many, the worker would hardly get to run.
                self._all_but(worker).kill()
        elif kind == "kill":
            processes.resume(self.nursery.pid)
            worker.kill()
            # What it left goes with it in any case: among many that fork, it would hardly get to its end.
            self._all_but(worker).kill()
        elif kind == "restore":
            self._fresh().send(header, payload)
            self.worker.pristine = False
        elif kind == "reset":
            self._fresh()
            self.host.tell({"type": "reply", "id": header["id"]}, b"{}")

    def _fresh(self) -> WorkerLink:
        """A worker in which nothing ran yet."""
        assert self.worker is not None
        if not self.worker.pristine:
            self.worker.running = None
            processes.resume(self.nursery.pid)
            self.worker.kill()
            self._restart()
        return self.worker


def prepare_home() -> None:
    """The font cache of the image is read-only, and matplotlib wants a folder that it can write to."""
    home = os.environ.get("HOME", "/tmp/home")
    os.makedirs(home, exist_ok=True)
    target = os.environ.get("MPLCONFIGDIR", "")
    if target and not os.path.exists(target) and os.path.isdir("/opt/worldline/matplotlib"):
        shutil.copytree("/opt/worldline/matplotlib", target)


if __name__ == "__main__":
    processes.set_dumpable(False)
    links.forbid()
    prepare_home()
    Supervisor().run()
