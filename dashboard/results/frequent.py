"""The most frequent confusions as buttons."""

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
    if not cells:
        return
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="frequent"):
        st.caption("Most frequent", width="content")
        for i, cell in enumerate(cells):
            true, pred = plain(cell.true), plain(cell.pred)
            st.button(
                f"{true} → {pred} · {cell.count:,}",
                key=f"failures-frequent-{i}",
                help=f"{cell.share:.0%} of {true}",
                on_click=on_click,
                args=(cell.true, cell.pred),
            )
