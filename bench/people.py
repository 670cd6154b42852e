"""Drawn people, each of whom is seen several times."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from ferkit.data.synthetic.emotions import sample_expressions
from ferkit.data.synthetic.people import People, sample_people, sample_pose
from ferkit.data.synthetic.render import render

__all__ = ["SIDE", "at_rest_and_acting"]

SIDE = 96  # pixels of a drawn face


def at_rest_and_acting(classes: Sequence[str], n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Faces of n people, uint8: at rest (n, 96, 96, 3), and with each of the C emotions (n * C, 96, 96, 3), person by
    person. One of `classes` is neutral. Each picture is posed anew."""
    rng = np.random.default_rng(seed)
    somebody = sample_people(n, rng)
    neutral = [name.casefold() for name in classes].index("neutral")

    def drawn(labels: np.ndarray, times: int) -> np.ndarray:
        same = People(**{field.name: getattr(somebody, field.name).repeat(times, 0) for field in fields(People)})
        expressions = sample_expressions(labels, classes, rng)
        return render(same, expressions, sample_pose(expressions, rng), SIDE, True, rng)

    return drawn(np.full(n, neutral), 1), drawn(np.tile(np.arange(len(classes)), n), len(classes))
