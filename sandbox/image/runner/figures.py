"""Pictures of figures, drawn once where matplotlib would draw them twice: for the room that they need, and for the picture."""

import zlib
from functools import wraps

from IPython.core import pylabtools
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.patches import ConnectionPatch
from matplotlib.text import Annotation

POINTING = (Annotation, AnnotationBbox, ConnectionPatch)
"""What may stand by anything else, wherever that will be."""

RUNS = {"compress_type": zlib.Z_RLE}
"""Most of a chart is runs of one colour: to look for these alone takes half the time, and comes to much the same size."""


def install() -> None:
    """To be called before IPython makes its formatters for figures: they take the function that is there then."""
    pylabtools.print_figure = _drawn_once(pylabtools.print_figure)


def _drawn_once(print_figure):
    @wraps(print_figure)
    def printed(fig, fmt="png", bbox_inches="tight", base64=False, **kwargs):
        __tracebackhide__ = True
        if fmt == "png" and not kwargs and type(fig.canvas) is FigureCanvasAgg:
            if bbox_inches == "tight" and _stays(fig):
                bbox_inches = _room(fig)
            kwargs = {"pil_kwargs": RUNS}
        return print_figure(fig, fmt, bbox_inches, base64, **kwargs)

    return printed


def _room(fig):
    """What `bbox_inches="tight"` comes to; that itself where it cannot be told: the drawing tells why."""
    try:
        for axes in fig.axes:
            axes.apply_aspect()
            # Brings its limits up to date, which what stands elsewhere may go by.
            axes.get_xlim()
        return fig.get_tightbbox().padded(rcParams["savefig.pad_inches"])
    except Exception:
        return "tight"


def _stays(fig) -> bool:
    """Whether all of it is where it will be before it is drawn. A layout moves it then, and so may a class of the user's own."""
    return (
        type(fig) is Figure
        and fig.get_layout_engine() is None
        and not fig.subfigs
        and all(map(_is_plain, fig.get_children()))
        and all(
            type(axes) is Axes
            and axes.get_axes_locator() is None
            and not axes.child_axes
            and all(map(_is_plain, axes.get_children()))
            for axes in fig.axes
        )
    )


def _is_plain(artist) -> bool:
    return type(artist).__module__.startswith("matplotlib.") and not isinstance(artist, POINTING)
