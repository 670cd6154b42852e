"""The heat map of an open face, and how far it is to be believed."""

import hashlib
import html

import cv2
import numpy as np
import streamlit as st

from dashboard import assets, load
from dashboard.thumbnail import enlarge
from dashboard.view import View
from dashboard.words import code, plain
from ferkit.errors import FerkitError
from ferkit.text import printable

__all__ = ["heat", "show"]


def show(view: View, row: int) -> None:
    """The map, which the browser asks for by itself as the network may have to start, and beside it one sentence."""
    images = view.images.of_rows(np.array([row]))
    if images is None:
        return
    if not view.run.weights.is_file():
        st.caption("No heat map: the weights of this run are not on this machine.")
        return
    pred = int(view.frame["pred"].to_numpy()[row])
    name = html.escape(printable(view.classes[pred]))
    left, right = st.container(key="detail-heat").columns(2, wrap=False, gap="small")
    left.html(
        f"<figure class='face-heat'><div><span>Starting the network …</span>"
        f"<img src='{_address(view, images[0], pred)}' alt='Grad-CAM'></div>"
        f"<figcaption>Grad-CAM for {name}</figcaption></figure>"
    )
    right.caption(_verdict(view))


def _verdict(view: View) -> str:
    """What to think of Grad-CAM for this run, as `ferkit explain` measured it."""
    from ferkit.explain.stored import read_record

    try:
        measured = read_record(view.results.path, view.split, view.classes).methods.get("gradcam")
    except FerkitError:
        measured = None
    if measured is not None and measured.sentence:
        return plain(measured.sentence)
    command = f"python -m ferkit explain {view.run.name} --data '{view.selection.data}' --split {view.split}"
    return (
        "A heat map persuades even when it is wrong, and whether this run's can be believed has not been measured. "
        f"Measure it: {code(command)}"
    )


def _address(view: View, image: np.ndarray, target: int) -> str:
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
