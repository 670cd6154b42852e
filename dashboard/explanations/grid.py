"""The maps of one face as rows and cells: methods and runs on one scale per method, all classes or one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.components.explained import Cell, Row
from dashboard.evidence import live
from dashboard.evidence.live import Explained
from dashboard.evidence.record import Stored
from dashboard.words import minus
from ferkit.explain.overlay import signed_paint
from ferkit.runs import Run

__all__ = ["Asked", "rows"]

UNMEASURED = "How far to believe this is not measured yet: python -m ferkit explain {}"


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be shown of a face."""

    image: np.ndarray  # uint8 (H, W[, 3])
    reference: np.ndarray | None
    methods: Mapping[str, tuple[str, Mapping[str, float]]]  # name -> title, parameters
    runs: Sequence[tuple[Run, Stored | None]]
    classes: tuple[str, ...]
    only: str = ""  # one class, or "" for all


def rows(asked: Asked) -> list[Row]:
    """A row per method, or per method and run where all classes of several runs are shown."""
    sure = {run.name: live.probabilities(run, asked.image) for run, _ in asked.runs}
    made = []
    for method, (title, values) in asked.methods.items():
        only = asked.classes.index(asked.only) if asked.only else None
        found = [live.explain(run, asked.image, asked.reference, method, values, only) for run, _ in asked.runs]
        top = _top(found, asked)
        scale = f"full colour: {top:.2g}{_said(values)}" if top else ""
        if asked.only:
            at = asked.classes.index(asked.only)
            cells = [
                _cell(one, at, top, run.name, f"{asked.only} {sure[run.name][at]:.0%}", strong=False)
                for (run, _), one in zip(asked.runs, found, strict=True)
            ]
            sentences = [_sentence(method, run, stored) for run, stored in asked.runs]
            many = len(asked.runs) > 1
            text = "\n".join(
                f"{run.name}: {said.removeprefix('For this run ')}" if many else said
                for (run, _), (said, _) in zip(asked.runs, sentences, strict=True)
            )
            made.append(Row(f"{title}, {asked.only}", text, scale, cells, "" if many else sentences[0][1]))
            continue
        for (run, stored), one in zip(asked.runs, found, strict=True):
            text, tone = ("", "") if one.reason else _sentence(method, run, stored)
            best = int(sure[run.name].argmax())
            cells = [
                _cell(one, i, top, name, f"{sure[run.name][i]:.0%}", strong=i == best)
                for i, name in enumerate(asked.classes)
            ]
            head = title if len(asked.runs) == 1 else f"{title} · {run.name}"
            made.append(Row(head, text, scale, cells if not one.reason else [Cell("", "", None, one.reason)], tone))
    return made


def _top(found: Sequence[Explained], asked: Asked) -> float:
    """The largest magnitude that is shown: one scale for a method."""
    if not asked.only:
        return max((one.top for one in found), default=0.0)
    at = asked.classes.index(asked.only)
    return max((float(np.abs(one.maps[at]).max()) for one in found if not one.reason), default=0.0)


def _cell(one: Explained, at: int, top: float, title: str, note: str, *, strong: bool) -> Cell:
    if one.reason:
        return Cell(title, note, None, one.reason, strong)
    if one.problems[at]:
        return Cell(title, note, None, f"No map: {one.problems[at]}", strong)
    return Cell(title, note, signed_paint(one.maps[at], top), "", strong)


def _said(values: Mapping[str, float]) -> str:
    return "".join(f", {name} {number:g}" for name, number in values.items())


def _sentence(method: str, run: Run, stored: Stored | None) -> tuple[str, str]:
    """How far to believe a method's maps of a run, and its tone."""
    score = stored.record.methods.get(method) if stored is not None else None
    if score is None:
        return UNMEASURED.format(run.name), ""
    distrusted = "do not" in score.sentence
    trusted = score.over_centre[1] > 0 and not distrusted
    return minus(score.sentence), "worse" if distrusted else "better" if trusted else ""
