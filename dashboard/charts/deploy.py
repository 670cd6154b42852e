"""Accuracy of exported runs against what they cost: milliseconds for a face, or bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.charts.spec import Axis, Chart, Intervals, Mark, Points, Rules
from dashboard.words import interval, percent
from ferkit.deploy.choice import PYTORCH, Candidate, front
from ferkit.deploy.sentences import kilobytes, loss, milliseconds

__all__ = ["accuracy_by_cost"]

SYMBOLS = {PYTORCH: "hollow", "onnx": "circle", "float16": "dash", "int8": "diamond", "int8-dynamic": "cross",
           "exported-program": "tick"}  # fmt: skip


def accuracy_by_cost(
    found: Sequence[Candidate], cost: str, most: float, colours: Mapping[str, str], chosen: tuple[str, str]
) -> Chart:
    """A point per run and format with the interval of its accuracy, by `cost`, "ms" or "bytes"; faded beyond `most`.

    Named are those that no cheaper one equals. A point stands for [run, format]; `chosen` is drawn larger.
    """
    best = {(one.run, one.format) for one in front(found, cost)}
    priced = [(float(value), one) for one in found if (value := getattr(one, cost)) is not None]
    marks: list[Mark] = [Rules(most / _unit(cost), vertical=True, label="budget")]
    for price, one in sorted(
        priced, key=lambda pair: (pair[1].format == PYTORCH, (pair[1].run, pair[1].format) in best)
    ):
        marks += _point(one, price / _unit(cost), colours[one.run], chosen, best, faded=price > most)
    return Chart(
        "Accuracy against latency" if cost == "ms" else "Accuracy against size",
        Axis("ms for one face on one thread (log scale)" if cost == "ms" else "MB (log scale)", kind="log"),
        Axis("accuracy on val, 95% interval", suffix="%"),
        marks,
        height=400,
    )


def _unit(cost: str) -> float:
    return 1.0 if cost == "ms" else 1e6


def _point(
    one: Candidate, at: float, colour: str, chosen: tuple[str, str], best: set[tuple[str, str]], *, faded: bool
) -> list[Mark]:
    key = (one.run, one.format)
    look: dict[str, Any] = {"colour": colour, "name": one.run, "opacity": 0.35 if faded else 1}
    low, high = one.interval
    point = Points(
        [at],
        [100 * one.accuracy],
        size=15 if key == chosen else 10,
        symbol=SYMBOLS.get(one.format, "circle"),  # type: ignore[arg-type]
        label=[one.name] if key in best else [],
        hover=[_hover(one)],
        select=[list(key)],
        **look,
    )
    whiskers = [Intervals([at], [100 * low], [100 * high], **look)] if key in best or key == chosen else []
    return [*whiskers, point]


def _hover(one: Candidate) -> str:
    speed = f", {milliseconds(one.ms)} a face" if one.ms is not None else ""
    memory = f", {one.latency.peak_mb:.0f} MB of memory" if one.latency and one.latency.peak_mb else ""
    lines = [one.name, f"{percent(one.accuracy)} ({interval(*one.interval)})", f"{kilobytes(one.bytes)}{speed}{memory}"]
    return "\n".join([*lines, *([loss(one.lost)] if one.lost else [])])
