"""The most frequent confusions as buttons."""

from collections.abc import Callable

import numpy as np

from dashboard.components.toolbar import Action, Control, Words, toolbar
from dashboard.results import confusions
from dashboard.results.confusions import Confusion

__all__ = ["show"]

LISTED = 5


def show(counts: np.ndarray, classes: tuple[str, ...], on_click: Callable[[str, str], None]) -> None:
    """A button per confusion of counts (C, C), largest first; `on_click(true, predicted)` when one is pressed."""
    cells = confusions.most_frequent(counts, classes, LISTED)
    if not cells:
        return
    row: list[Control] = [Words("words", "Most frequent")]
    row += [_button(i, cell, on_click) for i, cell in enumerate(cells)]
    toolbar(row, key="frequent")


def _button(i: int, cell: Confusion, on_click: Callable[[str, str], None]) -> Action:
    label, help = f"{cell.true} → {cell.pred} · {cell.count:,}", f"{cell.share:.0%} of {cell.true}"
    return Action(f"frequent-{i}", label, help=help, on_change=lambda _: on_click(cell.true, cell.pred))
