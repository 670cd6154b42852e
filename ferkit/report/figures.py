"""The figures of a report, as SVG text: matplotlib without a screen. Draw them within `style()`."""

import contextlib
import io
import threading
from collections.abc import Iterator, Mapping

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from ferkit import metrics, runs
from ferkit.colours import ACCENT, MUTED, RIGHT, WRONG, of_classes, of_runs
from ferkit.data.faces import Faces
from ferkit.explain.filters import tile
from ferkit.report.facts import Facts
from ferkit.report.pictures import pictured

__all__ = ["classes", "confusion", "curves", "failures", "filters", "heat", "recalls", "reliability", "style"]

INK = "#1b1d2a"
EMPTY = "#f2f3f8"  # a cell without faces
ACROSS = 7  # faces in a row
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


def _colours(facts: Facts) -> dict[str, str]:
    """The colour of each run, as on every page."""
    names = runs.names()
    mine = [run.name for run in facts.runs]
    return of_runs([*names, *(name for name in mine if name not in names)], mine)


def _figure(width: float, height: float, *, rows: int = 1, columns: int = 1) -> tuple[Figure, np.ndarray]:
    figure = Figure((width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def _svg(figure: Figure) -> str:
    """The SVG element alone, without the date, so that the same report is the same file."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    return text.getvalue()[text.getvalue().index("<svg") :]


def _bare(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)


def classes(facts: Facts) -> str:
    """Faces per class and split."""
    counts = facts.counts
    figure, ((axes,),) = _figure(7, 0.6 + 0.28 * len(facts.classes))
    colours, left = of_classes(facts.classes), np.zeros(len(facts.classes))
    for split, alpha in zip(counts, (1.0, 0.55, 0.3), strict=False):
        values = np.array([counts[split].get(name, 0) for name in facts.classes])
        axes.barh(facts.classes, values, left=left, color=[colours[name] for name in facts.classes], alpha=alpha)
        left += values
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:,.0f}", va="center")
    axes.invert_yaxis()
    axes.set_xlabel(f"faces: {', '.join(counts)} from dark to light")
    _bare(axes)
    return _svg(figure)


def confusion(facts: Facts, run: str) -> str:
    """Shares of each true class in percent: green on the diagonal, red beside it, as on every page."""
    matrix = facts.matrices[run]
    shares = matrix / np.maximum(1, matrix.sum(1, keepdims=True))
    n = len(facts.classes)
    figure, ((axes,),) = _figure(1.4 + 0.52 * n, 1.1 + 0.42 * n)
    axes.imshow(_tints(shares), aspect="auto")
    for i in range(n):
        for j in range(n):
            axes.text(
                j,
                i,
                f"{100 * shares[i, j]:.0f}",
                ha="center",
                va="center",
                color="white" if shares[i, j] > 0.55 * shares.max() else INK,
            )
    axes.set_xticks(range(n), facts.classes, rotation=35, ha="right")
    axes.set_yticks(range(n), facts.classes)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return _svg(figure)


def _tints(shares: np.ndarray) -> np.ndarray:
    """float (C, C, 3): the more of green (right) or red (wrong), the larger the share."""
    full = np.where(np.eye(len(shares), dtype=bool)[..., None], to_rgb(RIGHT), to_rgb(WRONG))
    part = (0.92 * shares / max(1e-9, shares.max()))[..., None]
    return part * full + (1 - part) * np.array(to_rgb(EMPTY))


def recalls(facts: Facts) -> str:
    """Recall per class and run, with its 95% interval."""
    n, bars, colours = len(facts.classes), len(facts.runs), _colours(facts)
    figure, ((axes,),) = _figure(7, 0.8 + n * (0.16 + 0.17 * bars))
    for k, run in enumerate(facts.runs):
        value, low, high = 100 * facts.recalls[run.name]
        places = np.arange(n) + (k - (bars - 1) / 2) * 0.8 / bars
        error = {"ecolor": INK, "elinewidth": 0.8, "capsize": 2}
        axes.barh(
            places,
            value,
            0.72 / bars,
            xerr=np.maximum(0, [value - low, high - value]),
            color=colours[run.name],
            label=run.name,
            error_kw=error,
        )
    axes.set_yticks(range(n), facts.classes)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("recall in percent, with 95% intervals")
    _bare(axes)
    if bars > 1:
        axes.legend(frameon=False, ncols=min(3, bars), loc="lower center", bbox_to_anchor=(0.5, 1))
    return _svg(figure)


def curves(facts: Facts) -> str:
    """Accuracy over the epochs: val solid, train dotted. "" where no run has a history."""
    figure, ((axes,),) = _figure(7, 3)
    colours = _colours(facts)
    for run in facts.runs:
        history = run.history()
        if "val_accuracy" in history and len(history):
            axes.plot(history["epoch"], 100 * history["val_accuracy"], color=colours[run.name], label=run.name, lw=1.8)
            axes.plot(history["epoch"], 100 * history["train_accuracy"], color=colours[run.name], lw=1, ls=":")
    if not axes.lines:
        return ""
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy in percent: val solid, train dotted")
    axes.grid(color="#e6e8f0")
    axes.legend(frameon=False)
    _bare(axes)
    return _svg(figure)


def reliability(facts: Facts, bins: int = 10) -> str:
    """Accuracy against calibrated confidence, for the first run."""
    run = facts.first
    results = run.results()
    probability, true = (
        metrics.softmax(results.logits(facts.split), run.temperature),
        results.predictions(facts.split)["label"].to_numpy(),
    )
    confidence, right = probability.max(1), probability.argmax(1) == true
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    share = np.bincount(place, right, bins) / np.maximum(1, counts)
    figure, ((axes,),) = _figure(4.2, 3)
    axes.bar(
        (np.arange(bins) + 0.5) * 100 / bins, 100 * share, 92 / bins, color=[ACCENT if n else "none" for n in counts]
    )
    axes.plot([0, 100], [0, 100], color=MUTED, lw=1, ls="--")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel("confidence in percent")
    axes.set_ylabel("of them right, in percent")
    _bare(axes)
    return _svg(figure)


def heat(facts: Facts) -> str:
    """Per class the mean face under the mean heat map of the first run, right and wrong. "" where none are stored."""
    results = facts.first.results()
    if not results.has(facts.split, "-cams.npz"):
        return ""
    cams = results.cams(facts.split)
    pictures = [
        [
            _heated(face, cams[kind][j] if cams[f"{kind}_n"][j] else None)
            for j, face in enumerate(cams["faces"][: len(facts.classes)])
        ]
        for kind in ("right", "wrong")
    ]
    below = [[f"{n:,}" for n in cams[f"{kind}_n"]] for kind in ("right", "wrong")]
    return pictured(pictures, below, above=list(facts.classes), beside=["right", "wrong"])


def _heated(face: np.ndarray, heat: np.ndarray | None) -> np.ndarray:
    """uint8 (H, W, 3): the face, a little more than half of it the colours of the heat."""
    gray = cv2.cvtColor(face, cv2.COLOR_GRAY2RGB) if face.ndim == 2 else face
    if heat is None:
        return gray
    grown = cv2.resize(heat.astype(np.float32), face.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    colours = mpl.colormaps["inferno"](np.clip(grown / (float(grown.max()) or 1), 0, 1))[..., :3]
    return np.rint(0.45 * gray + 0.55 * 255 * colours).astype(np.uint8)


def filters(kernels: Mapping[str, np.ndarray]) -> str:
    """The kernels of the first convolution."""
    first = next(iter(kernels.values()))
    shown = first[:64].mean(1)
    figure, ((axes,),) = _figure(6, 0.4 + 0.36 * -(-len(shown) // 16))
    axes.imshow(tile(shown, columns=16, zoom=6, signed=True), interpolation="nearest", cmap="gray", vmin=0, vmax=255)
    axes.axis("off")
    return _svg(figure)


def failures(facts: Facts, faces: Faces, most: int = 21) -> str:
    """The faces the first run got wrong with the greatest confidence: true and predicted name below."""
    table = facts.first.results().predictions(facts.split)
    ids, labels = table["id"].tolist(), table["label"].tolist()
    predicted = facts.first.results().logits(facts.split).argmax(1)
    place = {name: row for row, name in enumerate(faces.ids)}
    rows = [row for row in facts.surest_wrong if ids[row] in place][:most]
    if not rows:
        return ""
    lines = [rows[i : i + ACROSS] for i in range(0, len(rows), ACROSS)]
    pictures = [[_heated(faces.images[place[ids[row]]], None) for row in line] for line in lines]
    below = [[f"{facts.classes[labels[row]]}\nnot {facts.classes[predicted[row]]}" for row in line] for line in lines]
    return pictured(pictures, below)
