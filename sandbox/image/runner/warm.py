"""Uses once, in the zygote, what cells will use: imports, fonts, formatters and caches stay warm in every fork."""

import io
import sys


def up(shell) -> None:
    import matplotlib.pyplot
    import numpy
    import pandas
    import pyarrow.parquet

    from . import charts, figures
    from .snapshot.unchanged import imprint

    figures.install()

    # Touched so that their lazy parts are loaded.
    frame = pandas.DataFrame({"a": numpy.arange(3), "b": ["x", "y", "z"], "c": [0.5, 1.5, None]})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pandas(frame), sink)
    pyarrow.parquet.read_table(io.BytesIO(sink.getvalue()), use_threads=False).to_pandas(use_threads=False)
    out, err = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = io.StringIO()
    try:
        shell.user_ns["frame"] = frame
        shell.run_cell("import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.bar(['a', 'b'], [1, 2])")
        shell.run_cell("frame")
        shell.run_cell("1 / 0")
        _complete(shell, "frame.hea")
        imprint(shell.user_ns, {"frame": frame, "view": frame["a"].to_numpy()[:1], "f": up}, {}, None, numpy)
    finally:
        sys.stdout, sys.stderr = out, err
    matplotlib.pyplot.close("all")
    _show_before_drawing(shell)
    charts.watch(shell)
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
