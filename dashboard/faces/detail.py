"""One face in detail, in a panel at the right edge of the window: image, heat map, probabilities, votes, tags,
neighbours.

The panel stays where it is while the page is scrolled (`dashboard/static/app.css`); in a narrow window it comes from
below. Arrow keys step through the gallery, Esc closes.
"""

import hashlib
import html

import cv2
import numpy as np
import streamlit as st

from dashboard import assets, load, traits, words
from dashboard.faces import bars, neighbours, notes
from dashboard.faces.thumbnail import enlarge
from dashboard.state import narrow
from dashboard.view import View
from dashboard.words import plain
from ferkit.text import printable

__all__ = ["heat", "show"]

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
        _images(view, row)
        st.html(bars.table(view.probabilities[row], view.classes, true, view.images.votes(row)))
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
    return "".join(f" :gray-badge[{plain(name)}]" for name in names)


def _images(view: View, row: int) -> None:
    """The image, and beside it its heat map, which the browser asks for by itself: the network may have to start."""
    images = view.images.of_rows(np.array([row]))
    if images is None:
        return
    left, right = st.container(key="detail-images").columns(2, wrap=False, gap="small")
    left.image(enlarge(images[0]), caption="Image", width="stretch")
    if not view.run.weights.is_file():
        right.caption("No heat map: the weights of this run are not on this machine.")
        return
    pred = int(view.frame["pred"].to_numpy()[row])
    address = _heat_map(view, images[0], pred)
    name = html.escape(printable(view.classes[pred]))
    right.html(
        f"<figure class='face-heat'><div><span>Starting the network …</span><img src='{address}' alt='Grad-CAM'></div>"
        f"<figcaption>Grad-CAM for {name}</figcaption></figure>"
    )


def _heat_map(view: View, image: np.ndarray, target: int) -> str:
    digest = hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest()

    def make() -> bytes:
        drawn = cv2.cvtColor(heat(view, image, target), cv2.COLOR_RGB2BGR)
        return bytes(cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 92])[1])

    return assets.publish(("heat", view.run.key, image.shape, digest, target), make, "image/jpeg")


def heat(view: View, image: np.ndarray, target: int) -> np.ndarray:
    """The image (H, W[, 3]) under its Grad-CAM for class `target`, uint8 RGB. Raises RunError if the run has no
    weights."""

    from ferkit.explain.overlay import overlay

    heatmap = load.classifier(view.run).explain(image[None], np.array([target]))[0]
    return overlay(enlarge(image), heatmap)


def _links() -> None:
    """The same face on the other pages; the Selection goes along."""
    with st.container(horizontal=True, gap="small", key="detail-links"):
        st.caption("Open on")
        for name, (title, icon) in PAGES.items():
            if name != st.session_state.get("page"):
                st.page_link(f"../pages/{name}.py", label=title, icon=f":material/{icon}:")
