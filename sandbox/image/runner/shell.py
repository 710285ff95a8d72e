"""IPython's InteractiveShell, with its output sent as frames."""

import base64
import contextlib
import inspect
import linecache
import os
import sys
import traceback

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type
from traitlets.config import Config

from . import full, network, packages, readonly
from .charts import Charts
from .frames import encode_any
from .limits import Displays

RUNNER = os.path.dirname(os.path.abspath(__file__)) + os.sep
# It stands between IPython and matplotlib.
FIGURES = RUNNER + "figures.py"
MAX_TEXT = 10 << 20
MAX_BUNDLE = 48 << 20
MAX_TRACEBACK = 512 << 10
TEXT = "text/plain"
TEXT_ONLY = frozenset((bool, bytes, complex, float, int, str))


def make_shell() -> "Shell":
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    config.InteractiveShell.enable_tip = False
    config.InteractiveShell.warn_venv = False
    config.InteractiveShell.show_rewritten_input = False
    # Its first answer takes a second of a whole CPU; the completer's own takes a few milliseconds.
    config.Completer.use_jedi = False
    return Shell.instance(config=config)


def encode_bundle(data: dict) -> dict:
    """A MIME bundle as JSON takes it: images in base64, text of a bounded length."""
    clean = {}
    for mime, value in data.items():
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode("ascii")
        elif isinstance(value, str) and len(value) > MAX_TEXT and mime == "text/plain":
            value = f"{value[:MAX_TEXT]}\n[cut: {len(value):,} characters in all]"
        clean[str(mime)] = value
    return clean


class Compiler(CachingCompiler):
    """Names a cell's code after the cell, so that tracebacks point into it."""

    def __init__(self) -> None:
        super().__init__()
        self.label = "Cell"
        self._labels: dict[str, str] = {}
        # How the code that runs was compiled.
        self.mode = "exec"

    def __call__(self, source, filename, symbol, **more):
        self.mode = symbol
        return super().__call__(source, filename, symbol, **more)

    def get_code_name(self, raw_code, transformed_code, number):
        lines = [line + "\n" for line in transformed_code.splitlines()]
        name, count = f"<{self.label}>", 1
        while name in linecache.cache and linecache.cache[name][2] != lines:
            count += 1
            name = f"<{self.label} #{count}>"
        self._labels[name] = self.label
        # Else each frame of a traceback would be looked for among the files of all modules, a thousand times in a recursion.
        inspect.modulesbyfile[name] = inspect.modulesbyfile[os.path.abspath(name)] = "__main__"
        return name

    def format_code_name(self, name):
        label = self._labels.get(name)
        if label is None:
            return None
        head, _, tail = label.partition(" ")
        return head, tail


class Hook(DisplayHook):
    """Sends the value of a cell's last expression."""

    def quiet(self) -> bool:
        source = self.shell.cell_source
        return ";" in source and self.semicolon_at_end_of_expression(source)

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        shell = self.shell
        # The value of the last expression, after which nothing of the cell runs any more.
        last = shell.compile.mode == "single" and shell.ast_node_interactivity == "last_expr"
        shell.publish("result", format_dict, md_dict or {}, more=last)

    def update_user_ns(self, result) -> None:
        namespace = self.shell.user_ns
        for older, newer in (("___", "__"), ("__", "_")):
            if newer in self.shell.user_ns_hidden:
                namespace[older] = namespace.get(newer, "")
        namespace["_"] = result
        for name in ("_", "__", "___"):
            if name in namespace:
                self.shell.user_ns_hidden[name] = namespace[name]

    def log_output(self, format_dict) -> None:
        pass

    def finish_displayhook(self) -> None:
        self._is_active = False


class Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *, transient=None, update=False, **_more) -> None:
        display_id = (transient or {}).get("display_id")
        self.shell.publish("display", data, metadata or {}, display_id, bool(update))

    def clear_output(self, wait=False) -> None:
        self.shell.send({"type": "clear", "wait": bool(wait)})


class Formatter(DisplayFormatter):
    """Lets the shell know that what fails is how a value shows, and not the cell."""

    def format(self, obj, include=None, exclude=None):
        if self.parent.displays.are_used_up:
            return {}, {}
        self.parent.charts.show(obj)
        self.parent.formatting += 1
        try:
            if include is None and self._is_text(type(obj)):
                include = (TEXT,)
            return super().format(obj, include, exclude)
        finally:
            self.parent.formatting -= 1

    def _is_text(self, kind: type) -> bool:
        """Whether asking the other formatters, which takes a quarter of a short cell, gives nothing: nobody registered one."""
        others = (each for mime, each in self.formatters.items() if mime != TEXT)
        return kind in TEXT_ONLY and not any(
            each.singleton_printers or each.deferred_printers or not each.type_printers.keys().isdisjoint(kind.__mro__)
            for each in (self.mimebundle_formatter, *others)
        )


class Expanded(str):
    """A command in which names stand for their values already."""


class Shell(InteractiveShell):
    """`send` is set once the process is a worker; until then nothing is sent."""

    send = Any(lambda header, payload=b"", more=False: None)
    compiler_class = Type(Compiler)
    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    cell_source = ""
    failed: BaseException | None = None
    formatting = 0
    displays = Displays()
    charts = Charts()

    def begin(self, source: str) -> None:
        """A cell begins."""
        self.cell_source, self.failed, self.displays, self.charts = source, None, Displays(), Charts()

    def system(self, command: str) -> None:
        """A command prints to its descriptors, as any child does; no terminal is put in between."""
        command = Expanded(self.var_expand(command, depth=1))
        packages.refuse_to_install(command)
        self.system_raw(command)

    def var_expand(self, cmd, depth=0, **more):
        return cmd if isinstance(cmd, Expanded) else super().var_expand(cmd, depth + 1, **more)

    def init_magics(self) -> None:
        super().init_magics()
        packages.register(self)

    def init_display_formatter(self) -> None:
        self.display_formatter = Formatter(parent=self)
        self.configurables.append(self.display_formatter)

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", self._page, 99)

    def init_virtualenv(self) -> None:
        """The image's Python is the only one."""

    def _tee(self, channel: str):
        """IPython would keep everything that is printed for its history."""
        return contextlib.nullcontext()

    def ask_exit(self) -> None:
        print("The session goes on: exit and quit do nothing here.", file=sys.stderr)

    def enable_gui(self, gui=None) -> None:
        """There is no event loop of a window system to join."""

    def publish(self, kind, data, metadata, display_id=None, update=False, more=False) -> None:
        if self.displays.are_used_up:
            return
        bundle = {"data": encode_bundle(data), "metadata": metadata}
        body = encode_any(bundle).encode("utf-8", "replace")
        if len(body) > MAX_BUNDLE:
            text = f"[left out: an output of {len(body):,} bytes, larger than can be shown]"
            body = encode_any({"data": {"text/plain": text}, "metadata": {}}).encode()
        # One too many is sent, so that the supervisor says so; those after it cost nothing.
        self.displays.add(len(body))
        header = {"type": kind}
        if display_id is not None:
            header["display_id"] = str(display_id)
        if update:
            header["update"] = True
        self.send(header, body, more)

    def report(self, error: BaseException, lines: list[str]) -> None:
        try:
            value = str(error)
        except Exception:  # a broken __str__ of the user's
            value = "(its text cannot be shown)"
        lines = [line.rstrip("\n") for line in lines]
        hints = (each.hint(error) for each in (packages, network, readonly, full))
        if (more := next(filter(None, hints), None)) is not None:
            lines.append(more)
        if sum(map(len, lines)) > MAX_TRACEBACK:
            text = "\n".join(lines)
            lines = [text[: MAX_TRACEBACK // 2], "[…]", text[-MAX_TRACEBACK // 2 :]]
        body = encode_any({"ename": type(error).__name__, "evalue": value[:100_000], "traceback": lines})
        self.failed = error
        self.send({"type": "error"}, body.encode("utf-8", "replace"))

    def show_usage_error(self, exc: BaseException) -> None:
        self.report(exc, [f"UsageError: {exc}"])

    def report_if_silent(self, error: BaseException) -> None:
        """For the errors that IPython prints by itself."""
        if self.failed is None:
            self.report(error, traceback.format_exception_only(type(error), error))

    def _get_exc_info(self, exc_tuple=None):
        """Without the frames of the runner that an interrupt or a request to the host ends in."""
        kind, error, trace = super()._get_exc_info(exc_tuple)
        at = trace
        while at is not None and at.tb_next is not None:
            file = at.tb_next.tb_frame.f_code.co_filename
            if file.startswith(RUNNER) and file != FIGURES:
                at.tb_next = None
            at = at.tb_next
        return kind, error, trace

    def _showtraceback(self, etype, evalue, stb) -> None:
        if self.formatting > 0:
            print("\n".join(stb), file=sys.stderr)
            return
        error = evalue if isinstance(evalue, BaseException) else etype(evalue)
        self.report(error, list(stb))

    def _page(self, _shell, data, _start=0, _screen_lines=0, **_more) -> None:
        if not isinstance(data, dict):
            data = {"text/plain": data}
        self.publish("display", data.get("data", data) if "data" in data else data, {})
