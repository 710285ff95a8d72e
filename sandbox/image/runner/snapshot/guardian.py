"""The processes of a capture: a guardian that cannot be hurt, and under it the one that pickles."""

import faulthandler
import gc
import os
import pickle
import select
import signal
import stat
import time
import warnings

from . import intact
from .pickler import make_deterministic

ATTEMPTS = 5
DIGESTS = "digests"


def fork():
    with warnings.catch_warnings():
        # The child only pickles, which holds even where the user's threads make Python warn of a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


class Capture:
    """What a guardian carries over from its worker."""

    def __init__(self, save, variables, previous, blobs, handover, seconds, oom_kills):
        self.save = save
        self.variables = variables
        self.previous = previous
        self.blobs = blobs
        self.handover = handover
        self.seconds = seconds
        self.oom_kills = oom_kills
        self.digested = True


def guard(capture, keep):
    """Runs a capture to its end. Gives None, or what went wrong."""
    shield(keep)
    lost = {}
    for _ in range(ATTEMPTS):
        failure, culprit = _supervise(capture, lost)
        if failure is None:
            return None
        if culprit is DIGESTS:
            # They cost too much.
            capture.digested = False
            continue
        if culprit is None:
            break
        lost[culprit] = failure
    capture.save.discard()
    return failure


def shield(keep):
    """Leaves the worker's group, terminal, pipes and sockets, so that nobody waits for them because of this process."""
    os.setpgid(0, 0)
    gc.disable()
    for number in (signal.SIGINT, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    faulthandler.disable()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in map(int, os.listdir("/proc/self/fd")):
        if fd in keep or fd == null:
            continue
        try:
            ordinary = stat.S_ISREG(os.fstat(fd).st_mode)
        except OSError:
            continue
        if fd < 3 or not ordinary:
            os.dup2(null, fd, inheritable=False)


def _supervise(capture, lost):
    """One attempt in a process of its own: what went wrong, and the variable at which it did, or DIGESTS."""
    reader, writer = os.pipe()
    oom_kills = capture.oom_kills()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reader)
            _save(capture, lost, writer)
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    said, timely = _listen(reader, capture.seconds)
    os.close(reader)
    if not timely:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    last = said[-1] if said else ""
    if last == "done" and status == 0:
        return None, None
    if last.startswith("error "):
        return last[6:], None
    culprit = DIGESTS if last == DIGESTS else last[1:] if last.startswith("+") else None
    if not timely:
        return f"saving it took longer than {capture.seconds:g} s", culprit
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    if number == signal.SIGKILL:
        short = oom_kills.grew()
        return "saving it needed more memory than there is" if short else "what saved it was killed (SIGKILL)", culprit
    return "saving it crashed" + (f" ({signal.Signals(number).name})" if number else ""), culprit


def _listen(reader, seconds):
    """The lines that the saving process says, until its end or until it says nothing new for too long."""
    text = b""
    deadline = time.monotonic() + seconds
    while True:
        ready, _, _ = select.select([reader], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            return text.decode("utf-8", "replace").splitlines(), False
        data = os.read(reader, 65536)
        if not data:
            return text.decode("utf-8", "replace").splitlines(), True
        text = (text + data)[-65536:]
        deadline = time.monotonic() + seconds


def _save(capture, lost, writer):
    _volunteer_for_oom()
    intact.put_back()
    make_deterministic()

    def say(line):
        os.write(writer, line.encode("utf-8", "replace") + b"\n")

    capture.save.on_variable(lambda name: say("+" + name))
    try:
        known, suspects = capture.previous.known(capture.blobs)
        manifest, known = capture.save.run(capture.variables, lost, known, suspects)
        if capture.digested:
            say(DIGESTS)
            capture.save.digest(manifest, capture.variables)
        with os.fdopen(os.dup(capture.handover), "wb") as file:
            pickle.dump((known.tables, known.sizes, [name for name, _ in manifest["lost"]]), file)
        capture.save.finish(manifest)
    except Exception as error:
        say("error " + " ".join(f"{type(error).__name__}: {error}".split())[:400])
        raise
    say("done")


def _volunteer_for_oom():
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write("1000")
    except OSError:
        # Not writable in a process that may not be dumped: then the kernel chooses by size.
        return

