"""What a view of the Slices page adds to the faces of the Selection."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Shown"]


@dataclass(frozen=True, eq=False)
class Shown:
    """Faces that the gallery is narrowed to, and what stands under each."""

    keep: np.ndarray | None = None  # bool (N,), over the rows of the View; None for all
    sentence: Callable[[int], str] | None = None  # how many faces -> Markdown; None for how many are right
    notes: Callable[[np.ndarray], list[str]] | None = None  # rows (N,) -> lines
