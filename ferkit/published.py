"""Published results on FER2013, to draw next to one's own runs; the list is in published.yaml.

The splits scored and the ways of choosing an epoch differ from paper to paper, so each point carries both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

__all__ = ["PEOPLE", "Published", "comparable", "published"]

# FER2013's classes: what these results are about.
EMOTIONS = {"angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"}
PEOPLE = (0.60, 0.70)  # accuracy of people on FER2013, 65 ± 5% (Goodfellow et al. 2013, arXiv:1307.0414)


@dataclass(frozen=True)
class Published:
    """One network, as its authors or others measured it."""

    name: str
    parameters: int
    accuracy: float  # share
    split: str  # scored on
    protocol: str  # how the epoch was chosen and what was done at test time


@cache
def published() -> tuple[Published, ...]:
    """Every published result whose size is known, the smallest network first."""
    rows = yaml.safe_load(Path(__file__).with_name("published.yaml").read_text("utf-8"))
    points = (Published(**row | {"accuracy": row["accuracy"] / 100}) for row in rows)
    return tuple(sorted(points, key=lambda point: point.parameters))


def comparable(classes: Sequence[str]) -> bool:
    """Whether a run's classes are FER2013's seven emotions, so that published results can be drawn next to it."""
    return {name.strip().casefold() for name in classes} == EMOTIONS
