"""The most frequent confusions as a list to click."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard.results import confusions
from dashboard.words import plain

__all__ = ["show"]

LISTED = 5


def show(counts: np.ndarray, classes: tuple[str, ...], on_click: Callable[[str, str], None]) -> None:
    """A button per confusion of counts (C, C), largest first; `on_click(true, predicted)` when one is pressed."""
    cells = confusions.most_frequent(counts, classes, LISTED)
    if cells:
        st.markdown("**Most frequent confusions**")
    with st.container(gap=None):
        for i, cell in enumerate(cells):
            true, pred = plain(cell.true), plain(cell.pred)
            label = f"{true} → {pred} · {cell.count:,} · {cell.share:.0%} of {true}"
            names = (cell.true, cell.pred)
            st.button(label, key=f"failures-frequent-{i}", type="tertiary", on_click=on_click, args=names)
