"""The process that runs cells: forked from the zygote, answering one frame at a time."""

import builtins
import contextlib
import faulthandler
import fcntl
import getpass
import json
import os
import signal
import socket
import sys
import threading
import time
import types
import warnings
from collections import ChainMap
from collections.abc import Mapping

from IPython.core.error import StdinNotImplementedError
from IPython.core.magic import no_var_expand
from pyarrow import default_memory_pool

from . import cgroup, dataframes, processes, variables
from .channel import Channel, HostError
from .shell import Shell, make_shell
from .showing import only_shows
from .streams import Output, Stream

try:
    from .snapshot import Snapshots
except ImportError:
    Snapshots = None

HIGH_FD = 960
STARTS_CHILD = {"subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty"}


class SqlError(Exception):
    """The database did not run the SQL; the message says why."""


SqlError.__module__ = "builtins"


def prepare() -> Shell:
    """Imports and warms what cells use, in the zygote, so that the first use costs nothing."""
    shell = make_shell()
    from . import warm

    warm.up(shell)
    return shell


def run(shell: Shell, fds: list[int]) -> None:
    """Serves frames until the supervisor closes the channel. `fds`: channel, stdout, stderr, side channel, crash."""
    Worker(shell, fds).serve()


class Worker:
    def __init__(self, shell: Shell, fds: list[int]) -> None:
        control, out, err, side, crash = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, HIGH_FD) for fd in fds)
        for fd in fds:
            os.close(fd)
        processes.set_dumpable(True)
        processes.die_first()
        self._shell = shell
        self._standard = (fcntl.fcntl(os.open(os.devnull, os.O_RDONLY), fcntl.F_DUPFD_CLOEXEC, HIGH_FD), out, err)
        self._channel = Channel(socket.socket(fileno=control))
        self._side = side
        self._output = Output(self._channel)
        self._streams = (Stream(self._output, "stdout"), Stream(self._output, "stderr"))
        self._stdin = False
        self._null = open(os.devnull, encoding="utf-8")
        self._standard_descriptors()
        os.register_at_fork(after_in_child=self._in_child)
        faulthandler.enable(crash)
        sys.path[:] = ["", *(path for path in sys.path if path != os.path.dirname(os.path.dirname(__file__)))]
        warnings.filterwarnings("ignore", message=".*multi-threaded, use of fork.*")
        warnings.filterwarnings("ignore", message="To exit: use")
        # An interrupt can come right before IPython begins with the code.
        warnings.filterwarnings("ignore", message="coroutine 'InteractiveShell.run_cell_async' was never awaited")
        self._syncing = False
        sys.addaudithook(self._before_child)
        shell.send = self._send
        blobs = os.environ.get("WORLDLINE_BLOBS")
        self._snapshots = Snapshots(shell.user_ns, blobs, cgroup.oom_kills) if blobs and Snapshots is not None else None
        # Paths of the host's are relative to this, wherever the user's code goes; what it lies in may be closed to us.
        self._place = os.open(".", os.O_PATH | os.O_DIRECTORY)
        self._home = os.path.realpath(".")
        self._workspace = f"/proc/self/fd/{self._place}"
        self._scope: Mapping = shell.user_ns
        # What an answer need not wait for.
        self._afterwards = []
        self._querying = threading.Lock()
        self._channel.meanwhile = self._serve_meanwhile
        self._offer_helpers()
        self._handlers = {
            "complete": self._complete,
            "inspect": self._inspect,
            "is_complete": self._is_complete,
            "variables": lambda header, body: {"variables": variables.listing(shell)},
            "export": lambda header, body: self._export(shell.user_ns, header),
            "import": self._import,
            "snapshot": self._snapshot,
            "restore": self._restore,
        }

    def serve(self) -> None:
        self._channel.shield.install()
        while True:
            header, body = self._channel.receive()
            if header["type"] == "execute":
                self._execute(header, body.decode("utf-8", "replace"))
            elif header["type"] == "reap":
                self._reap(header["pids"])
            elif header["type"] in self._handlers:
                self._reply(self._handlers[header["type"]], header, body)
            # Arrow keeps what was given back to it: numpy could not have it, and a fork would copy its table of pages.
            default_memory_pool().release_unused()

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
        self._stdin = bool(header.get("stdin"))
        self._standard_descriptors()
        shell.compile.label = str(header.get("cell") or "Cell")
        shell.begin(code)
        shield.install()
        self._output.begin(header["id"])
        started = time.perf_counter()
        status = "ok"
        shield.arm()
        try:
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

    def _complete(self, header: dict, body: bytes) -> dict:
        from IPython.core.completer import provisionalcompleter, rectify_completions

        code = body.decode("utf-8", "replace")
        cursor = max(0, min(int(header["cursor"]), len(code)))
        with provisionalcompleter():
            found = list(rectify_completions(code, self._shell.Completer.completions(code, cursor)))
        start, end = (found[0].start, found[0].end) if found else (cursor, cursor)
        dots = int(code[start:end].startswith(".") and all(one.text.startswith(".") for one in found))
        matches = [
            {"text": one.text[dots:], "type": self._type(one), "signature": one.signature or ""} for one in found[:1000]
        ]
        return {"matches": matches, "start": start + dots, "end": end}

    def _type(self, completion) -> str:
        if completion.type and completion.type != "<unknown>":
            return completion.type
        value = self._shell.user_ns.get(completion.text)
        if isinstance(value, type):
            return "class"
        if isinstance(value, types.ModuleType):
            return "module"
        if value is None:
            return ""
        return "function" if isinstance(value, types.FunctionType) else "instance"

    def _inspect(self, header: dict, body: bytes) -> dict:
        from IPython.utils.tokenutil import token_at_cursor

        name = token_at_cursor(body.decode("utf-8", "replace"), int(header["cursor"]))
        try:
            bundle = self._shell.object_inspect_mime(name, detail_level=int(header.get("detail", 0)))
        except KeyError:
            return {"data": None}
        return {"data": bundle}

    def _is_complete(self, _header: dict, body: bytes) -> dict:
        status, indent = self._shell.check_complete(body.decode("utf-8", "replace"))
        return {"status": status, "indent": indent}

    def _import(self, header: dict, _body: bytes) -> dict:
        self._shell.user_ns[header["name"]] = dataframes.read(self._path(header["path"]))
        return {}

    def _export(self, scope: Mapping, header: dict) -> dict:
        return dataframes.export(scope, header["name"], self._path(header["path"]))

    def _path(self, path: str) -> str:
        return os.path.join(self._workspace, path)

    def _serve_meanwhile(self, header: dict, _body: bytes) -> None:
        """The frames that SQL names are taken as the code that asks for it sees them."""
        if header["type"] != "export":
            return
        try:
            reply = self._export(self._scope, header)
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

    def _standard_descriptors(self) -> None:
        """Back to the supervisor's pipes and our streams, whatever the last cell did to them."""
        for number, fd in enumerate(self._standard):
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

    def _in_child(self) -> None:
        self._output.in_child()
        self._channel.abandon()
        # It may die, and the worker live on.
        faulthandler.enable(self._standard[2])
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def _offer_helpers(self) -> None:
        def ask(prompt: object = "", /) -> str:
            __tracebackhide__ = True
            return self._ask(str(prompt), False)

        def ask_password(prompt: str = "Password: ", stream=None) -> str:
            __tracebackhide__ = True
            return self._ask(str(prompt), True)

        def sql(query: str):
            """Runs SQL in the worldline's database and gives the result as a DataFrame."""
            __tracebackhide__ = True
            self._output.flush()
            caller = sys._getframe(1)
            # One at a time: the file of the answer stays until the next call.
            with self._querying:
                self._scope = ChainMap(caller.f_locals, caller.f_globals, self._shell.user_ns)
                try:
                    path = self._channel.request("sql", query=str(query))
                except HostError as error:
                    raise SqlError(str(error)) from None
                finally:
                    self._scope = self._shell.user_ns
                return dataframes.read(self._path(path))

        @no_var_expand
        def sql_line(line: str):
            """`%sql QUERY` or `%sql NAME << QUERY`: what `sql("QUERY")` gives."""
            __tracebackhide__ = True
            name, sign, query = line.partition("<<")
            if not sign or not name.strip().isidentifier():
                return sql(line)
            self._shell.user_ns[name.strip()] = sql(query)
            return None

        self._shell.register_magic_function(sql_line, "line", "sql")
        ask.__name__, ask.__doc__ = "input", builtins.input.__doc__
        builtins.input = ask
        getpass.getpass = ask_password
        builtins.sql = sql

    def _ask(self, prompt: str, password: bool) -> str:
        __tracebackhide__ = True
        if not self._stdin:
            raise StdinNotImplementedError(
                "input() is not available here: the front end that runs this cell takes no input."
            )
        self._output.flush()
        return str(self._channel.request("input", prompt=prompt, password=password))
