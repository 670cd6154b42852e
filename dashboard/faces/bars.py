"""Probabilities of a face, and beside them the votes of annotators, as one small table of bars."""

import html
from collections.abc import Mapping

import numpy as np

from ferkit.audit.crowd import class_of
from ferkit.colours import MUTED, of_classes
from ferkit.text import printable

__all__ = ["table"]


def table(probabilities: np.ndarray, classes: tuple[str, ...], true: str, votes: Mapping[str, int]) -> str:
    """HTML: a row per class, the likeliest first, with its probability (C,) in [0, 1] and its share of the votes.

    Choices of annotators that are no class come last. Without votes there is no column of them.
    """
    total, colours = sum(votes.values()), of_classes(classes)
    chosen = _by_class(votes, classes)
    chances: dict[str, float] = dict(zip(classes, probabilities.tolist(), strict=True))
    names = sorted(classes, key=lambda name: -chances[name])
    others = [name for name, n in chosen.items() if n and name not in chances]
    rows = []
    for name in (*names, *others):
        vote = chosen.get(name, 0) / total if total else None
        rows.append(_row(name, name == true, colours.get(name, MUTED), chances.get(name), vote))
    crowd = f"<th>{total} annotators</th>" if total else ""
    return f"<table class='face-bars'><tr><th></th><th>network</th>{crowd}</tr>{''.join(rows)}</table>"


def _by_class(votes: Mapping[str, int], classes: tuple[str, ...]) -> dict[str, int]:
    """The votes by name of the class they are for ("happiness" for "happy"), or by their own."""
    chosen: dict[str, int] = {}
    for name, n in votes.items():
        place = class_of(name, classes)
        key = classes[place] if place >= 0 else name
        chosen[key] = chosen.get(key, 0) + n
    return chosen


def _row(name: str, true: bool, colour: str, chance: float | None, vote: float | None) -> str:
    text = html.escape(printable(name))
    label = f"<th><b>{text}</b> · label</th>" if true else f"<th>{text}</th>"
    return f"<tr>{label}{_bar(chance, colour)}{'' if vote is None else _bar(vote, colour)}</tr>"


def _bar(share: float | None, colour: str) -> str:
    """A bar as long as a share in [0, 1], which stands beside it."""
    if share is None:
        return "<td></td>"
    width = f"width:{60 * share:.1f}%;background:{colour}"
    return f"<td><span style='{width}'></span><i>{share:.0%}</i></td>"
