"""Accuracy against size: the runs, people, and results published elsewhere."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.charts.spec import Axis, Chart, Intervals, Mark, Points, Spans
from dashboard.words import compact, interval, percent
from ferkit.colours import MUTED
from ferkit.published import PEOPLE, Published

__all__ = ["MANY", "accuracy_by_size"]

MANY = 8  # runs, beyond which a legend would be longer than the chart


def accuracy_by_size(
    table: pd.DataFrame,
    colours: Mapping[str, str],
    chosen: str,
    others: Sequence[Published] = (),
    *,
    people: bool = False,
) -> Chart:
    """A point per run of a leaderboard with its 95% interval, and a dash for each of its seeds; hollow gray points for
    `others`, a band for people. With more than `MANY` runs only the chosen one and the Pareto front (no smaller or
    equal run is as accurate) carry their names; the rest fade. A point stands for its run.
    """
    table = table[table["parameters"].notna()]
    many = len(table) > MANY
    named = {chosen, *_pareto(table)} if many else set(table["run"])
    marks: list[Mark] = [_people()] if people else []
    if others:
        marks.append(_published(others))
    rows = sorted(table.to_dict("records"), key=lambda row: (row["run"] in named, row["run"] == chosen))
    for row in rows:
        marks += _run(row, colours[row["run"]], chosen=row["run"] == chosen, named=row["run"] in named, labelled=many)
    low, high = _ends(table, others)
    return Chart(
        "Accuracy against size",
        Axis("parameters (log scale)", kind="log", low=low, high=high),
        Axis("accuracy", suffix="%"),
        marks,
        height=410,
        legend=not many,
    )


def _ends(table: pd.DataFrame, others: Sequence[Published]) -> tuple[float, float]:
    """Where the axis begins and ends: a factor of two beyond the points, so that names have room."""
    sizes = [float(n) for n in [*table["parameters"], *(other.parameters for other in others)] if n > 0]
    return (min(sizes) / 2, 2 * max(sizes)) if sizes else (1e3, 1e8)


def _people() -> Spans:
    low, high = (100 * end for end in PEOPLE)
    return Spans(low, high, label=f"people: {(low + high) / 2:.0f} ± {(high - low) / 2:.0f}%", colour=MUTED)


def _pareto(table: pd.DataFrame) -> list[str]:
    """The runs that are more accurate than every other run of at most their size."""
    ordered = table.sort_values(["parameters", "accuracy"], ascending=[True, False])
    before = ordered["accuracy"].cummax().shift(fill_value=-1.0)
    return list(ordered.loc[ordered["accuracy"] > before, "run"])


def _run(row: Mapping[Any, Any], colour: str, *, chosen: bool, named: bool, labelled: bool) -> list[Mark]:
    """The seeds, the interval and the point of one run."""
    size, run = [row["parameters"]], str(row["run"])
    low, high = float(row["low"]), float(row["high"])
    words = f"{percent(row['accuracy'])} ({interval(low, high)})\n{compact(size[0])} parameters"
    look: dict[str, Any] = {"colour": colour, "name": run, "opacity": 1 if named else 0.45}
    seeds = [float(value) for value in row["seeds"]]
    hover = [f"{run}, one of {len(seeds)} seeds\n{percent(seed)}" for seed in seeds]
    dashes = Points(size * len(seeds), 100 * np.array(seeds), size=26, symbol="dash", hover=hover, **look)
    point = Points(
        size,
        [100 * float(row["accuracy"])],
        size=15 if chosen else 11,
        label=[run] if labelled and named else [],
        hover=[f"{run}\n{words}"],
        select=[run],
        **look,
    )
    return [*([dashes] if seeds else []), Intervals(size, [100 * low], [100 * high], **look), point]


def _published(others: Sequence[Published]) -> Points:
    return Points(
        [other.parameters for other in others],
        [100 * other.accuracy for other in others],
        symbol="hollow",
        colour=MUTED,
        name="published elsewhere",
        hover=[_hover(other) for other in others],
    )


def _hover(other: Published) -> str:
    split = "split not reported" if other.split == "not stated" else f"scored on {other.split}"
    score = f"{percent(other.accuracy)} with {compact(other.parameters)} parameters"
    return "\n".join([other.name, score, split, *textwrap.wrap(other.protocol, 46)])
