"""One face in detail, in a panel at the right edge of the window: image, heat map, probabilities, votes, tags,
neighbours.

The panel stays where it is while the page is scrolled (`dashboard/static/app.css`); in a narrow window it comes from
below. Arrow keys step through the gallery, Esc closes.
"""

import numpy as np
import streamlit as st

from dashboard import load, traits, words
from dashboard.faces import bars, neighbours, notes
from dashboard.faces.thumbnail import enlarge
from dashboard.network import starting
from dashboard.state import narrow
from dashboard.view import View
from dashboard.words import plain
from ferkit.errors import FerkitError

__all__ = ["heat", "show"]

POLL = 0.4  # seconds
PAGES = {
    "failures": ("Failures", "troubleshoot"),
    "slices": ("Slices", "stacked_bar_chart"),
    "embeddings": ("Embeddings", "scatter_plot"),
    "gradcam": ("Grad-CAM", "local_fire_department"),
    "filters": ("Filters", "blur_on"),
}


def show(view: View, row: int, order: np.ndarray) -> None:
    """Draw the panel for the face in row `row` of the View; `order` (M,) are the rows of the gallery it was opened
    from."""
    face = view.frame.iloc[row]
    true, pred = view.classes[face["label"]], view.classes[face["pred"]]
    with st.container(key="detail"):
        _steps(view, row, order)
        st.markdown(f"#### {plain(true)}" if face["right"] else f"#### {plain(true)} → {plain(pred)}")
        verdict = ":green-badge[right]" if face["right"] else ":red-badge[wrong]"
        st.markdown(f"{verdict} with {words.percent(face['confidence'])} confidence{_tags(view, row)}")
        image, heat_map = _images(view, row)
        st.html(bars.table(view.probabilities[row], view.classes, true, view.images.votes(row)))
        notes.show(view, row)
        neighbours.show(view, row, key="detail-neighbours")
        _links()
        st.caption(plain(str(face["id"])))
        if image is not None and heat_map is not None:
            with heat_map:  # last, and by itself: it may have to wait for the network
                st.fragment(_heat_map, run_every=None if starting.ready() else POLL)(view, row, image)


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
    return "".join(f" :gray-badge[{plain(name)}]" for name in names)


def _images(view: View, row: int) -> tuple[np.ndarray | None, st.delta_generator.DeltaGenerator | None]:
    """Draw the image; returns it, and the place of the heat map beside it."""
    images = view.images.of_rows(np.array([row]))
    if images is None:
        return None, None
    left, right = st.container(key="detail-images").columns(2, wrap=False, gap="small")
    left.image(enlarge(images[0]), caption="Image", width="stretch")
    return images[0], right


def _heat_map(view: View, row: int, image: np.ndarray) -> None:
    """The heat map, or word that it will come. Once it can, the page is drawn again, without asking any further."""
    waiting = "detail-waiting"
    if not starting.ready():
        st.session_state[waiting] = True
        st.caption("Starting the network …")
        return
    if st.session_state.pop(waiting, False):
        st.rerun()
    pred = int(view.frame["pred"].to_numpy()[row])
    try:
        st.image(heat(view, image, pred), caption=f"Grad-CAM for {plain(view.classes[pred])}", width="stretch")
    except FerkitError as error:
        st.caption(f"No heat map: {plain(str(error))}")


def heat(view: View, image: np.ndarray, target: int) -> np.ndarray:
    """The image (H, W[, 3]) under its Grad-CAM for class `target`, uint8 RGB. Raises RunError if the run has no
    weights."""

    def make() -> np.ndarray:
        from ferkit.explain.overlay import overlay

        heatmap = load.classifier(view.run).explain(image[None], np.array([target]))[0]
        return overlay(enlarge(image), heatmap)

    drawn: np.ndarray = load.cached(("heat", view.run.key, image.shape, image.tobytes(), target), make)
    return drawn


def _links() -> None:
    """The same face on the other pages; the Selection goes along."""
    with st.container(horizontal=True, gap="small", key="detail-links"):
        st.caption("Open on")
        for name, (title, icon) in PAGES.items():
            if name != st.session_state.get("page"):
                st.page_link(f"../pages/{name}.py", label=title, icon=f":material/{icon}:")
