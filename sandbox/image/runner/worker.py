"""The process that runs cells: forked from the zygote, answering one frame at a time."""

import contextlib
import faulthandler
import json
import os
import socket
import sys
import time
import warnings
from collections.abc import Mapping

from pyarrow import default_memory_pool

from . import cgroup, dataframes, inquiries, processes, values, variables, warm
from .channel import Channel, HostError
from .helpers import Helpers
from .own import Own
from .shell import Shell, make_shell
from .showing import only_shows
from .standard import Standard, high
from .streams import Output
from .tail import Tail

# Of each fork: however many there are, the cell goes first, and hears of an interrupt.
NICE = 3
# Before what the runner says of its own end, where faulthandler says of a crash.
BROKE = "The runner broke: "
MOST_SAID = 500

try:
    from .snapshot import Snapshots
except ImportError:
    Snapshots = None


def prepare() -> Shell:
    """Imports what cells use, in the zygote, so that the first use costs nothing."""
    shell = make_shell()
    warm.up(shell)
    return shell


def run(shell: Shell, fds: list[int]) -> None:
    """Serves frames until the supervisor closes the channel. `fds`: channel, stdout, stderr, side channel, crash, tail."""
    worker = Worker(shell, fds)
    try:
        worker.serve()
    except Exception as error:
        worker.broke(error)


class Worker:
    def __init__(self, shell: Shell, fds: list[int]) -> None:
        control, out, err, side, crash, tail = map(high, fds)
        for fd in fds:
            os.close(fd)
        processes.set_dumpable(True)
        processes.die_first()
        self._shell = shell
        self._side = side
        self._crash = crash
        self._pid = os.getpid()
        self._channel = Channel(socket.socket(fileno=control))
        self._channel.meanwhile = self._serve_meanwhile
        self._output = Output(self._channel, Tail(tail))
        self._standard = Standard(self._channel, self._output, out, err)
        self._standard.put_back()
        os.register_at_fork(after_in_child=self._in_child)
        self._channel.shield.cover_forks()
        faulthandler.enable(crash)
        _tidy()
        shell.send = self._send
        blobs = os.environ.get("WORLDLINE_BLOBS")
        self._snapshots = Snapshots(shell.user_ns, blobs, cgroup.oom_kills) if blobs and Snapshots is not None else None
        # Paths of the host's are relative to this, wherever the user's code goes; what it lies in may be closed to us.
        self._place = os.open(".", os.O_PATH | os.O_DIRECTORY)
        self._home = os.path.realpath(".")
        self._workspace = f"/proc/self/fd/{self._place}"
        # What an answer need not wait for.
        self._afterwards = []
        self._helpers = Helpers(shell, self._channel, self._output, self._path)
        self._helpers.offer()
        self._handlers = {
            "complete": lambda header, body: inquiries.complete(shell, _text(body), int(header["cursor"])),
            "inspect": lambda header, body: inquiries.inspect(
                shell, _text(body), int(header["cursor"]), int(header.get("detail", 0))
            ),
            "is_complete": lambda header, body: inquiries.is_complete(shell, _text(body)),
            "variables": lambda header, body: {"variables": variables.listing(shell)},
            "frames": lambda header, body: {"frames": dataframes.listing(shell.user_ns)},
            "export": lambda header, body: self._export(shell.user_ns, header),
            "import": self._import,
            "snapshot": self._snapshot,
            "restore": self._restore,
        }
        self._own = Own()

    def serve(self) -> None:
        self._channel.shield.install()
        while True:
            header, body = self._channel.receive()
            if header["type"] == "execute":
                self._execute(header, _text(body))
            elif header["type"] == "reap":
                self._reap(header["pids"])
            elif header["type"] in self._handlers:
                self._reply(self._handlers[header["type"]], header, body)
            # Arrow keeps what was given back to it: numpy could not have it, and a fork would copy its table of pages.
            default_memory_pool().release_unused()

    def broke(self, error: Exception) -> None:
        """Says with what this process ends: code can replace what nobody can do without."""
        # A child of the code's that came to the end of its cell has no channel, and says nothing.
        if os.getpid() == self._pid:
            os.write(self._crash, f"{BROKE}{type(error).__name__}: {error}\n".encode("utf-8", "replace")[:MOST_SAID])

    def _reply(self, handler, header: dict, body: bytes) -> None:
        self._channel.shield.arm()
        try:
            reply = handler(header, body)
        except BaseException as error:  # whatever user code raises in a completion or a repr
            reply = {"error": {"ename": type(error).__name__, "evalue": str(error)[:10_000]}}
        finally:
            self._channel.shield.disarm()
        self._channel.send_reply(header["id"], reply)
        while self._afterwards:
            self._afterwards.pop()()

    def _execute(self, header: dict, code: str) -> None:
        shell, shield = self._shell, self._channel.shield
        self._helpers.takes_input = bool(header.get("stdin"))
        self._standard.put_back()
        shell.compile.label = str(header.get("cell") or "Cell")
        shell.begin(code)
        shield.install()
        self._output.begin(header["id"])
        started = time.perf_counter()
        status = "ok"
        shield.arm()
        try:
            if self._channel.is_interrupted(header["id"]):
                shield.interrupt()
            result = shell.run_cell(code)
            error = result.error_before_exec or result.error_in_exec
            if error is not None:
                status = "interrupted" if isinstance(error, KeyboardInterrupt) else "error"
                shell.report_if_silent(error)
        except KeyboardInterrupt as error:
            status = "interrupted"
            shell.report_if_silent(error)
        finally:
            shield.disarm()
        milliseconds = (time.perf_counter() - started) * 1000
        self._own.put_back()
        self._output.end()
        done = {"type": "done", "id": header["id"], "status": status, "milliseconds": milliseconds}
        if self._output.refused:
            done["refused"] = self._output.refused
        if files := shell.charts.files(self._home):
            done["charts"] = files
        # Told by the code alone, which is quicker than a look at what all variables hold.
        if only_shows(code, shell.user_ns):
            done["shown"] = True
        elif self._snapshots is not None and self._snapshots.is_unchanged():
            done["unchanged"] = True
        self._channel.send(done)

    def _reap(self, pids: list[int]) -> None:
        """The supervisor killed these children: as long as nobody waits for them, they take places of the container."""
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        self._channel.send({"type": "reaped"})

    def _import(self, header: dict, _body: bytes) -> dict:
        self._shell.user_ns[header["name"]] = dataframes.read(self._path(header["path"]))
        return {}

    def _export(self, scope: Mapping, header: dict) -> dict:
        path = self._path(header["path"])
        return values.export(scope, header["names"], path) if "names" in header else dataframes.export(scope, header["name"], path)

    def _path(self, path: str) -> str:
        return os.path.join(self._workspace, path)

    def _serve_meanwhile(self, header: dict, _body: bytes) -> None:
        """The frames that SQL names are taken as the code that asks for it sees them."""
        if header["type"] != "export":
            return
        try:
            reply = self._export(self._helpers.scope, header)
        except BaseException as error:
            self._channel.send_reply(header["id"], {"error": {"ename": type(error).__name__, "evalue": str(error)[:10_000]}})
            if isinstance(error, KeyboardInterrupt):
                raise
        else:
            self._channel.send_reply(header["id"], reply)

    def _snapshot(self, header: dict, _body: bytes) -> dict:
        if self._snapshots is None:
            raise HostError("this sandbox has no folder for snapshots")
        pending = self._snapshots.capture(
            self._path(header["directory"]),
            header["label"],
            self._notify,
            full=bool(header.get("full")),
            keep=(self._side, self._place),
            lazy=True,
        )
        if pending is None:
            return {"unchanged": True}
        self._afterwards.append(pending.finish)
        reply = {"variables": variables.listing(self._shell), "pause": pending.pause, "label": header["label"]}
        return reply if pending.pid is None else {**reply, "guardian": pending.pid}

    def _restore(self, _header: dict, body: bytes) -> dict:
        if self._snapshots is None:
            raise HostError("this sandbox has no folder for snapshots")
        return self._snapshots.restore(body)

    def _notify(self, message: dict) -> None:
        """Runs in the process that wrote a snapshot: one line, short enough to be written in one piece."""
        line = json.dumps({**message, "error": str(message.get("error", ""))[:2000]}).encode()
        # Code may have written into the pipe before: what it left ends with its own line.
        os.write(self._side, b"\n" + line + b"\n")

    def _send(self, header: dict, payload: bytes = b"", more: bool = False) -> None:
        self._output.flush(more=True)
        self._channel.send({**header, "id": self._output.id}, payload, more)

    def _in_child(self) -> None:
        os.nice(NICE)
        self._output.in_child()
        self._channel.abandon()
        # It may die, and the worker live on.
        faulthandler.enable(self._standard.err)


def _tidy() -> None:
    """Leaves the runner's folder out of where modules are looked for, and unsaid what only the runner could mend."""
    sys.path[:] = ["", *(path for path in sys.path if path != os.path.dirname(os.path.dirname(__file__)))]
    warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork.*")
    warnings.filterwarnings("ignore", message="To exit: use")
    # An interrupt can come right before IPython begins with the code.
    warnings.filterwarnings("ignore", message="coroutine 'InteractiveShell.run_cell_async' was never awaited")


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
