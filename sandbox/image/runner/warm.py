"""Uses once, in the zygote, what cells will use: imports, fonts, formatters and caches stay warm in every fork."""

import io
import sys
from collections.abc import Callable


def up(shell) -> None:
    """What every worker has to have: what is imported ahead, what hooks into it, and tracebacks."""
    import matplotlib.pyplot
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from . import charts, figures
    from .snapshot import unchanged  # noqa: F401

    figures.install()
    matplotlib.pyplot.switch_backend(matplotlib.get_backend(auto_select=False))
    _show_before_drawing(shell)
    charts.watch(shell)
    # An interrupted cell has a few seconds to tell where it was.
    _run(shell, "1 / 0")


def steps(shell) -> list[Callable[[], None]]:
    """What is left to be touched so that lazy parts are loaded. A cell runs without; the first that wants one takes longer."""
    import matplotlib.pyplot
    import numpy
    import pandas
    import pyarrow.parquet

    from .snapshot.unchanged import imprint

    frame = pandas.DataFrame({"a": numpy.arange(3), "b": ["x", "y", "z"], "c": [0.5, 1.5, None]})

    def chart() -> None:
        _run(shell, "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.bar(['a', 'b'], [1, 2])")
        matplotlib.pyplot.close("all")

    def complete() -> None:
        shell.user_ns["frame"] = frame
        _complete(shell, "frame.hea")
        shell.reset(new_session=False)

    def parquet() -> None:
        sink = io.BytesIO()
        pyarrow.parquet.write_table(pyarrow.Table.from_pandas(frame), sink)
        pyarrow.parquet.read_table(io.BytesIO(sink.getvalue()), use_threads=False).to_pandas(use_threads=False)

    def look() -> None:
        imprint(shell.user_ns, {"frame": frame, "view": frame["a"].to_numpy()[:1], "f": up}, {}, None, numpy)

    return [look, lambda: _run(shell, "frame", frame=frame), chart, parquet, complete]


def _run(shell, code: str, **names) -> None:
    out, err = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = io.StringIO()
    try:
        shell.user_ns.update(names)
        shell.run_cell(code)
    finally:
        sys.stdout, sys.stderr = out, err
        shell.reset(new_session=False)


def _show_before_drawing(shell) -> None:
    """After each cell pyplot draws open figures, for a window; those that were shown are closed, and so drawn once less."""
    from matplotlib_inline.backend_inline import flush_figures

    for callback in list(shell.events.callbacks["post_execute"]):
        if callback is not flush_figures:
            shell.events.unregister("post_execute", callback)
            shell.events.register("post_execute", callback)


def _complete(shell, code: str) -> None:
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        list(shell.Completer.completions(code, len(code)))
