"""One face in detail, in a panel at the right edge of the window: image, tags, probabilities, votes, the nearest
training faces, heat map, note, neighbours.

The panel stays where it is while the page is scrolled (`dashboard/static/app.css`); in a narrow window it comes from
below. Arrow keys step through the gallery, Esc closes.
"""

import numpy as np
import streamlit as st

from dashboard import traits, words
from dashboard.faces import bars, heat_map, neighbours, notes, training_faces
from dashboard.state import narrow
from dashboard.thumbnail import enlarge
from dashboard.view import View
from dashboard.words import plain

__all__ = ["show"]

PAGES = {
    "failures": ("Failures", "troubleshoot"),
    "slices": ("Slices", "stacked_bar_chart"),
    "embeddings": ("Embeddings", "scatter_plot"),
    "explanations": ("Explanations", "local_fire_department"),
    "filters": ("Filters", "blur_on"),
}


def show(view: View, row: int, order: np.ndarray) -> None:
    """Draw the panel for the face in row `row` of the View; `order` (M,) are the rows of the gallery it was opened
    from."""
    face = view.frame.iloc[row]
    true, pred = view.classes[face["label"]], view.classes[face["pred"]]
    with st.container(key="detail"):
        _steps(view, row, order)
        _head(view, row, true, pred)
        st.html(bars.table(view.probabilities_of(row), view.classes, true, view.images.votes(row)))
        training_faces.show(view, row)
        heat_map.show(view, row)
        notes.show(view, row)
        neighbours.show(view, row, key="detail-neighbours")
        _links()
        st.caption(plain(str(face["id"])))


def _steps(view: View, row: int, order: np.ndarray) -> None:
    """Previous, next, where we are, close."""
    found = np.flatnonzero(order == row)
    at = int(found[0]) if len(found) else None
    before = None if at is None or at == 0 else order[at - 1]
    after = None if at is None or at + 1 == len(order) else order[at + 1]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False, key="detail-steps"):
        _step(view, "Previous face", "chevron_left", "Left", before)
        _step(view, "Next face", "chevron_right", "Right", after)
        st.caption("" if at is None else f"{at + 1:,} of {len(order):,}")
        st.space("stretch")
        st.button(
            "Close", icon=":material/close:", type="tertiary", key="detail-close", shortcut="Esc", on_click=_close
        )


def _step(view: View, help: str, icon: str, shortcut: str, row: int | None) -> None:
    st.button(
        "",
        icon=f":material/{icon}:",
        key=f"detail-{shortcut.lower()}",
        help=help,
        shortcut=shortcut,
        disabled=row is None,
        on_click=_open,
        args=(view, row),
    )


def _open(view: View, row: int) -> None:
    narrow(face=str(view.frame["id"].iat[row]))


def _close() -> None:
    narrow(face="")


def _tags(view: View, row: int) -> str:
    names = [name for name, has in traits.tags(view).items() if has[row]]
    return " ".join(f":gray-badge[{plain(name)}]" for name in names)


def _head(view: View, row: int, true: str, pred: str) -> None:
    """The image, and beside it label and prediction; the tags below both, which are too long for half of the panel."""
    face, images = view.frame.iloc[row], view.images.of_rows(np.array([row]))
    head = st.container(key="detail-images")
    with head:
        if images is None:
            right = st.container()
        else:
            left, right = st.columns(2, wrap=False, gap="small")
            left.image(enlarge(images[0]), width="stretch", alt="Image")
    right.markdown(f"#### {plain(true)}" if face["right"] else f"#### {plain(true)} → {plain(pred)}")
    verdict = ":green-badge[right]" if face["right"] else ":red-badge[wrong]"
    right.markdown(f"{verdict} with {words.percent(face['confidence'])} confidence")
    if tags := _tags(view, row):
        head.markdown(tags)


def _links() -> None:
    """The same face on the other pages; the Selection goes along."""
    with st.container(horizontal=True, gap="small", key="detail-links"):
        st.caption("Open on")
        for name, (title, icon) in PAGES.items():
            if name != st.session_state.get("page"):
                st.page_link(f"../pages/{name}.py", label=title, icon=f":material/{icon}:")
