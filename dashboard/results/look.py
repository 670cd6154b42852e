"""How confusion matrices are shown, on every page that has one: which shares, and in which order of classes."""

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.components.matrix import NORMS
from dashboard.components.toolbar import Control
from dashboard.state import value
from ferkit.evaluate.order import by_confusion

__all__ = ["choices", "legend", "order"]


def choices() -> tuple[Control, Control]:
    """The two of them, for a toolbar."""
    return (
        controls.segments(parameters.NORM, "Shares", NORMS, bare=True),
        controls.switch(
            parameters.ORDER,
            "Order by confusion",
            help="Classes that are confused with each other stand side by side, instead of in the dataset's order.",
        ),
    )


def order(counts: np.ndarray) -> np.ndarray:
    """int (C,): the order of the classes of a matrix (C, C) that the URL asks for."""
    if not value(parameters.ORDER):
        return np.arange(len(counts))
    found: np.ndarray = load.cached(("order", len(counts), counts.tobytes()), lambda: by_confusion(counts))
    return found


def legend(norm: str) -> None:
    """What the numbers in a cell are."""
    of = {"row": "Shares of each row, and below them faces", "column": "Shares of each column, and below them faces"}
    numbers = of.get(norm, "Faces, and below them shares of the row")
    st.caption(f"{numbers}. Click a cell or a name to see its faces.")
