"""A photo on the page: its faces boxed and numbered, and for each one what the network sees, says and looks at."""

import hashlib

import streamlit as st

from dashboard import load, words
from dashboard.camera.reading import PhotoReading, SeenFace, read, whole_box
from dashboard.charts import face as charts
from dashboard.charts.style import QUIET
from ferkit.colours import of_classes
from ferkit.faces import MARGIN
from ferkit.images import ENDINGS, PHOTO
from ferkit.runs import Run

__all__ = ["CAMERA", "MOST_MEGABYTES", "TYPES", "say", "show"]

TYPES = list(ENDINGS)
MOST = 12  # faces told of one by one
MOST_MEGABYTES = PHOTO.megabytes
CAMERA = 640  # pixels of the camera's picture on the page
TALLEST = 560  # pixels of the picture on the page
WIDEST = 900


@st.fragment
def show(content: bytes, run: Run, *, key: str, whole: bool = False) -> None:
    """Read the picture in `content` with `run` and show all of it; a picture that cannot be opened becomes one
    sentence.

    `whole` takes all of it for one face that was cut out before.
    """
    digest = hashlib.sha256(content).hexdigest()
    result, whole = st.container(), whole or st.session_state.get(f"{key}-whole") == digest
    margin = _margin(run, key, whole)
    with result, load.show_errors():
        picture = load.picture(content)
        boxes = (
            [whole_box(picture)] if whole else load.cached(("boxes", digest), lambda: load.detector().detect(picture))
        )
        network = load.classifier(run)
        colours = of_classes(run.classes)
        cut = 0.0 if whole else margin
        reading = load.cached(
            ("photo", digest, run.key, whole, cut), lambda: read(picture, boxes, network, colours, cut)
        )
        if reading.faces:
            _faces(reading, run, key)
        else:
            _none(reading, digest, key)


def say(reading: PhotoReading) -> str:
    """All faces in one sentence."""
    faces = [face.reading for face in reading.faces]
    if len(faces) == 1:
        first, second = sorted(faces[0].probabilities.items(), key=lambda item: -item[1])[:2]
        return f"**{first[0]}**, {words.percent(first[1], 0)} sure; next comes {second[0]} with {words.percent(second[1], 0)}."
    counts = {
        emotion: sum(face.emotion == emotion for face in faces)
        for emotion in dict.fromkeys(face.emotion for face in faces)
    }
    told = ", ".join(f"{n} {emotion}" for emotion, n in sorted(counts.items(), key=lambda item: -item[1]))
    return f"**{len(faces)} faces**: {told}."


def _faces(reading: PhotoReading, run: Run, key: str) -> None:
    st.markdown(say(reading))
    alone = len(reading.faces) == 1
    left, right = st.columns([1, 1], gap="medium") if alone else (st.container(), st.grid(min_column_width=360))
    with left:
        _picture(reading)
    with right:
        for number, face in enumerate(reading.faces[:MOST], 1):
            with st.container(border=True):
                _face(face, run, number, key)
    if len(reading.faces) > MOST:
        st.caption(f"The {MOST} largest of {len(reading.faces)} faces are told of one by one.")


def _picture(reading: PhotoReading) -> None:
    width, height = reading.size
    told = ", ".join(face.reading.emotion for face in reading.faces)
    st.image(
        reading.shown,
        width=round(min(WIDEST, TALLEST * width / height, 2 * width)),
        alt=f"The picture, faces boxed: {told or 'none'}",
    )


def _face(face: SeenFace, run: Run, number: int, key: str) -> None:
    reading = face.reading
    st.markdown(f"**{number} · {reading.emotion}** {words.percent(reading.probabilities[reading.emotion], 0)}")
    st.image(face.strip, width="stretch", alt=", then ".join(face.steps))
    st.caption("What the network sees: " + " → ".join(face.steps))
    chart = charts.probabilities(face.probabilities, run.classes, of_classes(run.classes))
    st.plotly_chart(chart, config=QUIET, key=f"{key}-bars-{number}")


def _none(reading: PhotoReading, digest: str, key: str) -> None:
    st.warning(
        "No face was found in this picture. The detector knows upright faces seen from the front, "
        "at least a twentieth of the picture wide.",
        icon=":material/face_retouching_off:",
    )

    def take_whole() -> None:
        st.session_state[f"{key}-whole"] = digest

    st.button(
        "Use the whole picture as the face", icon=":material/crop_free:", key=f"{key}-take-whole", on_click=take_whole
    )
    _picture(reading)


def _margin(run: Run, key: str, whole: bool) -> float:
    """How the face is cut out: the detector, and the margin to choose."""
    with st.expander("How the face is cut out", icon=":material/crop:"):
        if whole:
            st.caption("The square in the middle of the picture is taken as it is, without looking for a face.")
        else:
            st.caption(
                f"{load.detector().name} finds the box; **{run.name}** reads a square around it, "
                "this much larger than the box's longer side."
            )
        return float(
            st.slider(
                "Margin (share of the box's longer side)", 0.0, 0.6, MARGIN, 0.05, key=f"{key}-margin", disabled=whole
            )
        )
