"""The look of a report's figures: matplotlib without a screen, SVG text. Draw them within `style()`."""

import contextlib
import io
import threading
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["INK", "bare", "style", "subplots", "svg"]

INK = "#1b1d2a"
STYLE = {
    "font.size": 9,
    "font.family": "sans-serif",
    "axes.edgecolor": "#c9cddb",
    "text.color": INK,
    "axes.labelcolor": INK,
    "svg.fonttype": "none",
    "text.parse_math": False,  # a class may be called "$^$"
}
DRAWING = threading.Lock()  # matplotlib's settings are those of the process


@contextlib.contextmanager
def style() -> Iterator[None]:
    """The look of a report within the block; matplotlib's settings are as before afterwards."""
    with DRAWING, mpl.rc_context(STYLE):  # type: ignore[arg-type]
        yield


def subplots(width: float, height: float, *, rows: int = 1, columns: int = 1) -> tuple[Figure, np.ndarray]:
    figure = Figure((width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def svg(figure: Figure) -> str:
    """The SVG element alone, without the date, so that the same report is the same file."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    return text.getvalue()[text.getvalue().index("<svg") :]


def bare(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
