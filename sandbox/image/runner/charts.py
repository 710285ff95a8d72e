"""Which files a cell saved of pictures that it showed as well: who has a chart on the page need not be shown its file."""

import functools
import os
import sys
import weakref

MOST = 100
"""Files that are told of a cell."""
KINDS = (("matplotlib.figure", "Figure"), ("PIL.Image", "Image"))


class Charts:
    """Figures and images of one cell. None is held."""

    def __init__(self) -> None:
        self._all: list[_Chart] = []

    def show(self, value: object) -> None:
        if _is_picture(value):
            self._chart(value).shown = True

    def save(self, value: object, path: str) -> None:
        self._chart(value).files.append(path)

    def files(self, workspace: str) -> list[str]:
        """Those of what was shown, relative to the workspace."""
        shown = [path for chart in self._all if chart.shown for path in chart.files]
        return [os.path.relpath(os.path.realpath(path), workspace) for path in shown[:MOST]]

    def _chart(self, value: object) -> "_Chart":
        # Not by hash: an image has none.
        for chart in reversed(self._all):
            if chart.value() is value:
                return chart
        self._all.append(_Chart(value))
        return self._all[-1]


class _Chart:
    def __init__(self, value: object) -> None:
        self.value = weakref.ref(value)
        self.shown = False
        self.files: list[str] = []


def watch(shell) -> None:
    """Notes what is saved from now on with the charts of the shell's cell."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure
    from PIL.Image import Image

    savefig, save = Figure.savefig, Image.save

    @functools.wraps(savefig)
    def noted_figure(figure, fname, *more, **options):
        result = savefig(figure, fname, *more, **options)
        if isinstance(fname, (str, os.PathLike)):
            path = os.path.abspath(os.fspath(fname))
            ending = options.get("format") or rcParams["savefig.format"]
            shell.charts.save(figure, path if os.path.splitext(path)[1] else f"{path}.{ending}")
        return result

    @functools.wraps(save)
    def noted_image(image, fp, *more, **options):
        result = save(image, fp, *more, **options)
        if isinstance(fp, (str, os.PathLike)):
            shell.charts.save(image, os.path.abspath(os.fspath(fp)))
        return result

    Figure.savefig, Image.save = noted_figure, noted_image


def _is_picture(value: object) -> bool:
    return any(isinstance(value, getattr(sys.modules.get(module), kind, ())) for module, kind in KINDS)
