"""What the Confidence page is made of: charts whose bins, bars and threshold choose faces by confidence."""

from collections.abc import Callable
from typing import Any

import numpy as np

from dashboard import controls, load, parameters
from dashboard.charts import confidence as charts
from dashboard.charts.spec import Chart
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.results import ceiling
from dashboard.state import current, narrow, value
from dashboard.view import View
from dashboard.words import percent, plain
from ferkit import metrics
from ferkit.colours import of_classes
from ferkit.evaluate import curves
from ferkit.evaluate.reliability import Reliability, answers, ece_by_chance, histogram, reliability
from ferkit.metrics import UNCALIBRATED

__all__ = ["by_outcome", "calibration", "curves_per_class", "errors", "sentence", "threshold", "top"]

BINNINGS = {"width": "equal width", "mass": "equal mass"}
CHANCE = (
    "What so few faces show on average where calibration is perfect, and the limit under which 95% of such draws stay: "
    "an error below it is no sign of a fault"
)
DIVIDED = (
    "What logits are divided by, fitted on val: for faces that the network has no doubt about, and for those whose "
    "classes it finds equally likely"
)
CURVES = {"roc": "ROC", "pr": "precision and recall"}


def sentence(shown: View, rows: np.ndarray) -> str:
    """In Markdown: how confident the run is on average, and how often right."""
    part = shown.frame.iloc[rows]
    sure, right = float(part["confidence"].mean()), float(part["right"].mean())
    gap = 100 * (sure - right)
    word = "overconfident" if gap > 0 else "underconfident"
    verdict = "as confident as it is right" if abs(gap) < 0.5 else f"{word} by {abs(gap):.1f} points"
    of = f"{percent(sure)} confident on average, {percent(right)} of {len(rows):,} faces right"
    return f"**{plain(shown.run.name)} is {verdict}**: {of}."


def calibration(shown: View, rows: np.ndarray) -> None:
    """The reliability diagram; a bin chooses its faces."""
    controls.show(controls.segments(parameters.BINNING, "Bins", BINNINGS, bare=True), key="bins")
    binning = value(parameters.BINNING, BINNINGS)
    fitted = shown.run.temperature

    def make() -> list[Reliability]:
        logits, true = _scored(shown, rows)
        return [
            reliability(*answers(logits, true, t), binning=binning, digits=charts.DIGITS)
            for t in (fitted, UNCALIBRATED)
        ]

    after, before = _kept(f"reliability {binning}", shown, rows, make)
    spec = charts.reliability(after, before, current().confidence, fitted)
    chart(_with_person(spec, shown), key="reliability", on_click=_range)


def errors(shown: View, rows: np.ndarray) -> None:
    """Calibration errors before and after the temperature, in numbers."""
    held = _kept("errors", shown, rows, lambda: _errors(shown, rows))
    columns = {
        "name": Column("Probabilities"),
        "temperature": Column("Temperature", help=DIVIDED),
        "confidence": Column("Mean confidence", percent),
        "ece_width": Column("ECE, equal width", percent, help="Expected calibration error over 15 bins"),
        "by_chance": Column("ECE by chance alone", help=CHANCE),
        "ece_mass": Column("ECE, equal mass", percent, help="The same with as many faces in each bin"),
        "nll": Column("NLL", "{:.3f}".format, help="Negative log-likelihood, in nats"),
    }
    table(held, columns, title="Calibration before and after the temperature", key="calibration-table")


def _errors(shown: View, rows: np.ndarray) -> list[dict[str, Any]]:
    logits, true = _scored(shown, rows)
    held = []
    for name, t in {"uncalibrated": UNCALIBRATED, "calibrated": shown.run.temperature}.items():
        probabilities = metrics.softmax(logits, t)
        pair = probabilities.max(1), probabilities.argmax(1) == true
        ece = {f"ece_{kind}": reliability(*pair, binning=kind).ece for kind in BINNINGS}
        nll = metrics.negative_log_likelihood(probabilities, true)
        mean, high = ece_by_chance(pair[0])
        held.append(
            {"name": name, "temperature": str(t), "confidence": float(pair[0].mean()), **ece, "nll": nll,
             "by_chance": f"{percent(mean)}, up to {percent(high)}"}
        )  # fmt: skip
    return held


def by_outcome(shown: View, rows: np.ndarray) -> None:
    """Confidence of right and wrong answers; a bar chooses its faces."""
    part, now = shown.frame.iloc[rows], current()
    counts = histogram(part["confidence"].to_numpy(), part["right"].to_numpy())
    chart(charts.histogram(counts, now.confidence, now.outcome), key="by-outcome", on_click=_bar)


def threshold(shown: View, rows: np.ndarray) -> None:
    """Accuracy against coverage; the threshold that is dragged keeps the surest faces."""
    part, now = shown.frame.iloc[rows], current()
    curve = curves.coverage(part["confidence"].to_numpy(), part["right"].to_numpy())
    person = ceiling.of(shown.selection.data, shown.split, dedup=shown.dedup)
    spec = charts.coverage(
        curve, now.confidence[0] if now.confidence else 0.0, None if person is None else (ceiling.label(person), person)
    )

    def drag(percent: float) -> None:
        at = float(np.interp(percent / 100, curve.coverage, curve.threshold))
        narrow(confidence=None if percent >= 100 else (round(at, charts.DIGITS), 1.0), outcome="")

    chart(spec, key="coverage", on_drag=drag)


def curves_per_class(shown: View, rows: np.ndarray) -> None:
    """ROC or precision-recall of each class against the rest."""
    controls.show(controls.segments(parameters.CURVES, "Curves", CURVES, bare=True), key="curves")
    kind = value(parameters.CURVES, CURVES)

    def make() -> dict[str, curves.Curve]:
        logits, true = _scored(shown, rows)
        scores = metrics.softmax(logits, shown.run.temperature)
        one = curves.roc if kind == "roc" else curves.precision_recall
        return {name: one(scores[:, i], true == i) for i, name in enumerate(shown.classes)}

    found: dict[str, curves.Curve] = _kept(kind, shown, rows, make)
    chart(charts.per_class_curves(found, of_classes(shown.classes), kind), key="class-curves")


def top(shown: View, rows: np.ndarray) -> None:
    """How often the true class is among the most probable ones."""
    shares = _kept("top k", shown, rows, lambda: curves.top_ks(*_scored(shown, rows)))
    chart(_with_person(charts.top_k(shares), shown, vertical=True), key="top-k")


def _with_person(spec: Chart, shown: View, *, vertical: bool = False) -> Chart:
    return ceiling.with_line(spec, shown.selection.data, shown.split, vertical=vertical, dedup=shown.dedup)


def _scored(shown: View, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logits (M, C) and labels (M,) of the rows."""
    return shown.logits[rows], shown.frame["label"].to_numpy()[rows]


def _kept(name: str, shown: View, rows: np.ndarray, make: Callable[[], Any]) -> Any:
    """What follows from the rows alone, cached: a click on a bin changes nothing of it."""
    stored = load.key_of(shown.results.path / f"{shown.split}.parquet")
    return load.cached(("calibration", name, stored, shown.run.temperature, rows.tobytes()), make)


def _range(payload: Any) -> None:
    """Choose a bin, or let go of it."""
    ends = (float(payload[0]), float(payload[1]))
    narrow(confidence=None if current().confidence == ends else ends)


def _bar(payload: Any) -> None:
    ends, outcome = (float(payload[0]), float(payload[1])), str(payload[2])
    now = current()
    if (now.confidence, now.outcome) == (ends, outcome):
        narrow(confidence=None, outcome="")
    else:
        narrow(confidence=ends, outcome=outcome)
