"""Two runs face by face: what B fixed and broke against A, where both are wrong, and what each answered."""

from dataclasses import dataclass, fields

import numpy as np

from ferkit import metrics

__all__ = ["Outcomes", "agreement", "outcomes"]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Rows, int (M,) each, ascending. The first four part all faces; `disagree` crosses them."""

    fixed: np.ndarray  # wrong in A, right in B
    broken: np.ndarray  # right in A, wrong in B
    both_wrong: np.ndarray
    both_right: np.ndarray
    disagree: np.ndarray  # A and B predict different classes, whether one of them is right or none

    def counts(self) -> dict[str, int]:
        """How many faces each holds."""
        return {field.name: len(getattr(self, field.name)) for field in fields(self)}


def outcomes(true: np.ndarray, a: np.ndarray, b: np.ndarray) -> Outcomes:
    """True classes and the predictions of A and of B, int (N,) each, of the same faces in one order."""
    right_a, right_b = a == true, b == true
    parts = (~right_a & right_b, right_a & ~right_b, ~right_a & ~right_b, right_a & right_b, a != b)
    return Outcomes(*map(np.flatnonzero, parts))


def agreement(a: np.ndarray, b: np.ndarray, classes: int) -> np.ndarray:
    """int (C, C): how often A predicts the row's class while B predicts the column's."""
    return metrics.confusion(a, b, classes)
