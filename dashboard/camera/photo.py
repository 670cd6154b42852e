"""A photo on the page: its faces boxed and numbered, and for each the probabilities and the map of any class."""

import hashlib
import time

import numpy as np
import streamlit as st

from dashboard import load, words
from dashboard.camera import beside, cards, mirror, resting, squares
from dashboard.camera.rendering import Rendering, render
from dashboard.results import unsure
from ferkit.colours import of_classes
from ferkit.faces import MARGIN, Box, Effort
from ferkit.faces import PHOTO as EFFORT
from ferkit.images import ENDINGS, PHOTO
from ferkit.monitor.log import record
from ferkit.predict.photo import PhotoReading, read
from ferkit.runs import Run

__all__ = ["CAMERA", "MOST_MEGABYTES", "TYPES", "no_face", "reading_of", "show", "summary", "takes_whole_image"]

TYPES = list(ENDINGS)
MOST_MEGABYTES = PHOTO.megabytes
CAMERA = 640  # pixels of the camera's image on the page
TALLEST = 560  # pixels of the photo on the page
WIDEST = 900
Photo = bytes | np.ndarray  # a file's content, or uint8 RGB (H, W, 3)


@st.fragment
def show(
    photo: Photo,
    run: Run,
    *,
    key: str,
    whole_image: bool = False,
    effort: Effort = EFFORT,
    mapped: bool = False,
    against: bool = True,
) -> None:
    """Read a photo with `run` and show the results, or one clear message if it cannot be opened.

    `whole_image` takes the square in the middle for one face. `mapped` shows how each face is read at once, down to
    its map. `against` reads against the visitor's neutral face, where they took one, and offers to take one; a
    frame of a video has neither that nor a switch of its own for the mirror image.
    """
    whole_image = whole_image or takes_whole_image(photo, key)
    results, cut = st.container(), st.expander("How the face is read", icon=":material/crop:", expanded=mapped)
    with cut:
        margin, mirrored, strips = (
            _margin(run, key, whole_image),
            mirror.choose() if against else mirror.chosen(),
            st.container(),
        )
    with results, load.show_errors():
        drawn = squares.of_photo(_digest(photo), key)

        def read_by(run: Run) -> PhotoReading:
            reading = reading_of(
                photo, run, margin=margin, whole_image=whole_image, effort=effort, drawn=drawn, mirror=mirrored
            )
            return resting.corrected(reading, run, mirrored) if against else reading

        if against:
            resting.show(f"{key}-forget-neutral")

        reading = read_by(run)
        colours = of_classes(run.classes)
        how = (whole_image, margin, effort, drawn, mirrored, mapped, against and resting.key())
        rendered = ("rendering", _digest(photo), reading.detector, run.key, how)
        rendering = load.cached(rendered, lambda: render(_image(photo), reading, colours, mapped=mapped))
        if reading.faces:
            _faces(
                photo, reading, rendering, run, key, [(other, read_by(other)) for other in beside.choose(run)], against
            )
        else:
            no_face(photo, key, "Draw a square over any other.")
            squares.draw(_image(photo), _digest(photo), key, _wide(rendering))
    with strips:
        _strips(rendering)


def reading_of(
    photo: Photo,
    run: Run,
    *,
    margin: float = MARGIN,
    whole_image: bool = False,
    effort: Effort = EFFORT,
    drawn: tuple[Box, ...] = (),
    mirror: bool = False,
) -> PhotoReading:
    """`ferkit.predict.read` of a photo, explained and cached; squares `drawn` by hand come after the faces that were
    found, and in place of the whole image. Raises MediaError for a file that is not a photo."""
    digest, image, detector = _digest(photo), _image(photo), load.detector()

    def make() -> PhotoReading:
        boxes: list[Box] | None = list(drawn)
        if not whole_image:  # the same at every margin and for every run
            found = load.cached(("boxes", digest, detector.name, effort), lambda: detector.detect(image, effort))
            boxes = [*found[: cards.MOST], *drawn] if drawn else found
        began = time.perf_counter()
        reading = read(
            image, load.classifier(run), detector,
            margin=margin, effort=effort, boxes=boxes, whole_image=whole_image and not drawn, explain=True,
            mirror=mirror,
        )  # fmt: skip
        record("photo", run.name, reading.faces, time.perf_counter() - began)
        return reading

    reading: PhotoReading = load.cached(
        ("photo", digest, detector.name, run.key, whole_image, margin, effort, drawn, mirror), make
    )
    return reading


def summary(reading: PhotoReading, confident: float | None = None) -> str:
    """All faces in one sentence; one that is read less confidently than `confident` is unsure."""
    if len(reading.faces) == 1:
        ranked = sorted(reading.faces[0].by_class.items(), key=lambda item: -item[1])
        first, second = [f"{words.plain(name)} {words.percent(value, 0)}" for name, value in ranked[:2]]
        doubt = confident is not None and reading.faces[0].confidence < confident
        return f"{'Unsure: ' if doubt else ''}**{first}**, then {second}."
    labels = [face.label for face in reading.faces]
    counts = sorted(((labels.count(name), name) for name in dict.fromkeys(labels)), key=lambda item: -item[0])
    return f"**{len(labels)} faces**: {', '.join(f'{n} {words.plain(name)}' for n, name in counts)}."


def no_face(photo: Photo, key: str, drawing: str = "") -> None:
    """Say that no face was found, in one sentence and `drawing`, and offer to take the whole image."""
    st.warning(
        "No face was found in this photo. Upright faces seen from the front are found, at least 5% as high as the "
        f"photo's shorter side. {drawing}",
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


def _faces(
    photo: Photo, reading: PhotoReading, rendering: Rendering, run: Run, key: str, others: beside.Others,
    against: bool,
) -> None:  # fmt: skip
    st.markdown(summary(reading, unsure.threshold(run)))
    alone = len(reading.faces) == 1
    left, right = st.columns(2, gap="medium") if alone else (st.container(), st.container())
    with left:
        digest, drawn = _digest(photo), len(squares.of_photo(_digest(photo), key))
        detected = reading.method == "detected"
        found = [face.box for face in reading.faces[: len(reading.faces) - drawn] if detected]
        if squares.drawing(digest, key):
            squares.draw(_image(photo), digest, key, _wide(rendering), found)
        else:
            _boxed(reading, rendering)
        squares.switch(digest, key)
    with right:
        cards.show(_image(photo), reading, run, key, drawn, others, against)


def _boxed(reading: PhotoReading, rendering: Rendering) -> None:
    labels = ", ".join(face.label for face in reading.faces)
    st.image(
        rendering.jpeg,
        width=_wide(rendering),
        alt=f"The photo, faces boxed: {labels or 'none'}",
    )


def _wide(rendering: Rendering) -> int:
    """Pixels of the photo on the page."""
    return round(min(WIDEST, TALLEST * rendering.width / rendering.height, 2 * rendering.width))


def _strips(rendering: Rendering) -> None:
    """From each face's box to the network's input."""
    for number, strip in enumerate(rendering.strips[: cards.MOST], 1):
        st.image(strip.image, alt=f"Face {number}: {', then '.join(strip.steps)}")
    if rendering.strips:
        st.caption("The network's input: " + " → ".join(map(words.plain, rendering.strips[0].steps)))


def _margin(run: Run, key: str, whole_image: bool) -> float:
    """How the face is cut out: the detector, and the margin to choose."""
    if whole_image:
        st.caption("The square in the middle of the image is taken as it is, without looking for a face.")
    else:
        st.caption(
            f"{load.detector().name} finds the box; **{words.plain(run.name)}** reads a square around its centre, "
            "larger than the box's longer side by the margin, or smaller where that is negative."
        )
    margin = st.slider(
        "Margin (share of the box's longer side)", -0.3, 0.6, MARGIN, 0.05, key=f"{key}-margin", disabled=whole_image
    )
    return float(margin)
