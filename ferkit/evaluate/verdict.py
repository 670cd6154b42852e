"""A comparison in one plain sentence."""

from collections.abc import Sequence

from ferkit.evaluate.compare import Paired
from ferkit.evaluate.differences import Difference

__all__ = ["verdict"]

NAMED = 3  # classes on a side; the others are counted


def verdict(test: Paired, groups: Sequence[Difference], a: str = "A", b: str = "B") -> str:
    """What `test` and the differences per class (`differences.by_class`) of B against A say.

    "B is better by 1.2 points [+0.3, +2.1], p = 0.008; it gains on fear and loses on disgust." Named are only classes
    whose recall differs significantly after Holm's correction, the largest differences first. The names of runs and
    classes stand in it as they are given: escape them first where the sentence becomes Markdown.
    """
    sign = 1 if test.accuracy >= 0 else -1  # as the run that leads has it
    significant = sorted((one for one in groups if one.significant), key=lambda one: -abs(one.difference))
    gains = [one.name for one in significant if sign * one.difference > 0]
    losses = [one.name for one in significant if sign * one.difference < 0]
    subject = "it" if test.accuracy else b
    lead = test.sentence(a, b).removesuffix(".")
    sides = [f"{word} on {_listed(names)}" for word, names in (("gains", gains), ("loses", losses)) if names]
    return f"{lead}; {subject} {' and '.join(sides)}." if sides else f"{lead}; no class differs significantly."


def _listed(names: list[str]) -> str:
    """(fear, sad, angry) -> "fear, sad and angry"."""
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
