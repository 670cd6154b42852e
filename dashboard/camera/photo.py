"""A photo on the page: its faces boxed and numbered, and for each the network's input, probabilities and heat map."""

import hashlib
import time

import numpy as np
import streamlit as st

from dashboard import load, words
from dashboard.camera import placed
from dashboard.camera.rendering import Rendering, Strip, render
from dashboard.charts import face as charts
from dashboard.components.chart import chart
from ferkit.colours import of_classes
from ferkit.faces import MARGIN, Effort
from ferkit.faces import PHOTO as EFFORT
from ferkit.images import ENDINGS, PHOTO
from ferkit.monitor.log import record
from ferkit.predict.photo import FaceReading, PhotoReading, read
from ferkit.runs import Run

__all__ = ["CAMERA", "MOST_MEGABYTES", "TYPES", "no_face", "reading_of", "show", "summary", "takes_whole_image"]

TYPES = list(ENDINGS)
MOST_MEGABYTES = PHOTO.megabytes
MOST = 12  # faces shown in detail
CAMERA = 640  # pixels of the camera's image on the page
TALLEST = 560  # pixels of the photo on the page
WIDEST = 900
Photo = bytes | np.ndarray  # a file's content, or uint8 RGB (H, W, 3)


@st.fragment
def show(photo: Photo, run: Run, *, key: str, whole_image: bool = False, effort: Effort = EFFORT) -> None:
    """Read a photo with `run` and show the results, or one clear message if it cannot be opened.

    `whole_image` takes the square in the middle for one face.
    """
    results, whole_image = st.container(), whole_image or takes_whole_image(photo, key)
    margin = _margin(run, key, whole_image)
    with results, load.show_errors():
        reading = reading_of(photo, run, margin=margin, whole_image=whole_image, effort=effort)
        colours = of_classes(run.classes)
        rendered = ("rendering", _digest(photo), run.key, whole_image, margin, effort)
        rendering = load.cached(rendered, lambda: render(_image(photo), reading, colours))
        if reading.faces:
            _faces(reading, rendering, run, key)
        else:
            no_face(photo, key)
            _boxed(reading, rendering)


def reading_of(
    photo: Photo, run: Run, *, margin: float = MARGIN, whole_image: bool = False, effort: Effort = EFFORT
) -> PhotoReading:
    """`ferkit.predict.read` of a photo, explained and cached. Raises MediaError for a file that is not a photo."""
    digest, image, detector = _digest(photo), _image(photo), load.detector()

    def make() -> PhotoReading:
        boxes = None
        if not whole_image:  # the same at every margin and for every run
            boxes = load.cached(("boxes", digest, effort), lambda: detector.detect(image, effort))
        began = time.perf_counter()
        reading = read(
            image, load.classifier(run), detector,
            margin=margin, effort=effort, boxes=boxes, whole_image=whole_image, explain=True,
        )  # fmt: skip
        record("photo", run.name, reading.faces, time.perf_counter() - began)
        return reading

    reading: PhotoReading = load.cached(("photo", digest, run.key, whole_image, margin, effort), make)
    return reading


def summary(reading: PhotoReading) -> str:
    """All faces in one sentence."""
    if len(reading.faces) == 1:
        ranked = sorted(reading.faces[0].by_class.items(), key=lambda item: -item[1])
        first, second = [f"{words.plain(name)} {words.percent(value, 0)}" for name, value in ranked[:2]]
        return f"**{first}**, then {second}."
    labels = [face.label for face in reading.faces]
    counts = sorted(((labels.count(name), name) for name in dict.fromkeys(labels)), key=lambda item: -item[0])
    return f"**{len(labels)} faces**: {', '.join(f'{n} {words.plain(name)}' for n, name in counts)}."


def no_face(photo: Photo, key: str) -> None:
    """Say that no face was found, and offer to take the whole image."""
    st.warning(
        "No face was found in this photo. The detector finds upright faces seen from the front, "
        "at least 5% as high as the photo's shorter side.",
        icon=":material/face_retouching_off:",
    )

    def take() -> None:
        st.session_state[f"{key}-whole-image"] = _digest(photo)

    st.button("Use the whole image as the face", icon=":material/crop_free:", key=f"{key}-take-whole", on_click=take)


def takes_whole_image(photo: Photo, key: str) -> bool:
    """Whether the visitor chose that after `no_face`."""
    return bool(st.session_state.get(f"{key}-whole-image") == _digest(photo))


def _digest(photo: Photo) -> str:
    return hashlib.sha256(photo if isinstance(photo, bytes) else photo.tobytes()).hexdigest()


def _image(photo: Photo) -> np.ndarray:
    return load.photo(photo) if isinstance(photo, bytes) else photo


def _faces(reading: PhotoReading, rendering: Rendering, run: Run, key: str) -> None:
    st.markdown(summary(reading))
    alone = len(reading.faces) == 1
    left, right = st.columns([1, 1], gap="medium") if alone else (st.container(), st.grid(min_column_width=360))
    with left:
        _boxed(reading, rendering)
    with right:
        for number, (face, strip) in enumerate(zip(reading.faces[:MOST], rendering.strips, strict=False), 1):
            with st.container(border=True):
                _face(face, strip, run, number, key)
    if len(reading.faces) > MOST:
        st.caption(f"The {MOST} largest of {len(reading.faces)} faces are shown in detail.")


def _boxed(reading: PhotoReading, rendering: Rendering) -> None:
    labels = ", ".join(face.label for face in reading.faces)
    st.image(
        rendering.jpeg,
        width=round(min(WIDEST, TALLEST * rendering.width / rendering.height, 2 * rendering.width)),
        alt=f"The photo, faces boxed: {labels or 'none'}",
    )


def _face(face: FaceReading, strip: Strip, run: Run, number: int, key: str) -> None:
    st.markdown(f"**{number} · {words.plain(face.label)}** {words.percent(face.confidence, 0)}")
    st.image(strip.image, width="stretch", alt=", then ".join(strip.steps))
    st.caption("The network's input: " + " → ".join(map(words.plain, strip.steps)))
    spec = charts.probabilities(face.probabilities, run.classes, of_classes(run.classes))
    chart(spec, key=f"{key}-bars-{number}")
    placeable = face.features is not None and placed.can_place(run)
    if placeable and st.button("Place on the map", icon=":material/scatter_plot:", key=f"{key}-place-{number}"):
        placed.keep(face, run)
        st.switch_page("../pages/embeddings.py")


def _margin(run: Run, key: str, whole_image: bool) -> float:
    """How the face is cut out: the detector, and the margin to choose."""
    with st.expander("How the face is cut out", icon=":material/crop:"):
        if whole_image:
            st.caption("The square in the middle of the image is taken as it is, without looking for a face.")
        else:
            st.caption(
                f"{load.detector().name} finds the box; **{words.plain(run.name)}** reads a square around it, "
                "larger than the box's longer side by the margin."
            )
        margin = st.slider(
            "Margin (share of the box's longer side)", 0.0, 0.6, MARGIN, 0.05, key=f"{key}-margin", disabled=whole_image
        )
        return float(margin)
