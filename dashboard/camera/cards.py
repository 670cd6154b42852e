"""What was read of each face of a photo: the face large beside the map of any class, and the probabilities."""

import numpy as np
import streamlit as st

from dashboard import near, parameters, words
from dashboard.camera import beside, class_map, nearest, placed, resting
from dashboard.charts import face as charts
from dashboard.components.chart import chart
from dashboard.evidence import record
from dashboard.results import unsure
from dashboard.state import put
from ferkit.audit.advice import advise
from ferkit.audit.mean_face import MeanFace, flatten
from ferkit.colours import of_classes
from ferkit.embed.novelty import unlike
from ferkit.errors import FerkitError
from ferkit.predict.photo import FaceReading, PhotoReading
from ferkit.runs import Run

__all__ = ["MOST", "is_unlike", "mean_face", "show"]

MOST = 12  # faces shown in detail
CARD = 340  # pixels, at least
UNLIKE = "Unlike the faces it was trained on: do not trust this reading."


def show(
    image: np.ndarray, reading: PhotoReading, run: Run, key: str, drawn: int = 0, others: beside.Others = (),
    against: bool = True,
) -> None:  # fmt: skip
    """Choose a class, then a card for each of at least one face of uint8 RGB (H, W, 3), `drawn` of them by hand; what
    `others` read of the same faces stands below. `against` offers to take a face as the neutral one."""
    target, shown = class_map.choose(run.classes), MOST + drawn
    limit, alone = unsure.threshold(run), len(reading.faces) == 1
    bars = "" if alone else "The bars are probabilities; a click on one shows its map."
    notes = [class_map.believed(run), bars, unsure.sentence(limit) if _unsure(reading, limit) else ""]
    st.caption(" ".join(note for note in notes if note))
    cells = st.container() if alone else st.grid(min_column_width=CARD, gap="medium")
    train = nearest.offer(run, key)
    with cells:
        for number, face in enumerate(reading.faces[:shown], 1):
            with st.container(border=not alone):
                _head(face, run, number, limit)
                _pictures(class_map.of_face(image, face, run, reading.margin, target), number)
                _bars(face, run, target, f"{key}-bars-{number}", "Probability per class" if alone else "")
                beside.show(image, others, number - 1, target, f"{key}-beside-{number}")
                if train is not None:
                    nearest.show(face, train, run, f"{key}-nearest-{number}")
                with st.container(horizontal=True):
                    _place(face, run, f"{key}-place-{number}")
                    if against:
                        resting.offer(image, face, reading.margin, run, f"{key}-neutral-{number}")
    if len(reading.faces) > shown:
        st.caption(f"The {shown} largest of {len(reading.faces)} faces are shown in detail.")


def is_unlike(face: FaceReading, run: Run) -> bool:
    """Whether a face is further from the training faces than 99 of 100 faces of val; False where that is not known."""
    results = run.results()
    if face.features is None or not results.has("val", "-nearest.npz"):
        return False
    try:
        return bool(unlike(face.features[None], near.stored(results, "val"))[0] > 1)
    except FerkitError:
        return False


def _unsure(reading: PhotoReading, limit: float | None) -> bool:
    return limit is not None and any(face.confidence < limit for face in reading.faces)


def _head(face: FaceReading, run: Run, number: int, limit: float | None) -> None:
    doubt = " :orange-badge[unsure]" if limit is not None and face.confidence < limit else ""
    st.markdown(f"**{number} · {words.plain(face.label)}** {words.percent(face.confidence, 0)}{doubt}")
    if is_unlike(face, run):
        st.markdown(f":orange[:material/warning: {UNLIKE}]")
    for sentence in advise(face, mean_face(run)):
        st.caption(f":material/tips_and_updates: {sentence[0].upper()}{sentence[1:]}.")


def mean_face(run: Run) -> MeanFace | None:
    """Of the faces the run was explained on, where that is stored."""
    stored = record.of_run(run, run.results(), "val")
    return None if stored is None else MeanFace(flatten(stored.evidence["mean_face"][None])[0])


def _pictures(shown: class_map.ClassMap, number: int) -> None:
    left, right = st.columns(2, wrap=False, gap="small")
    left.image(shown.face, width="stretch", alt=f"Face {number}")
    if shown.map is None:
        right.caption(f"No map for {words.plain(shown.target)}: {words.plain(shown.problem)}")
    else:
        right.image(shown.map, width="stretch", alt=f"Face {number}, the map for {shown.target}")


def _bars(face: FaceReading, run: Run, target: str, key: str, title: str) -> None:
    spec = charts.probabilities(
        face.probabilities, run.classes, of_classes(run.classes), title=title, chosen=[target] if target else []
    )
    chart(spec, key=key, on_click=lambda name: put(parameters.MAP_OF, name))


def _place(face: FaceReading, run: Run, key: str) -> None:
    placeable = face.features is not None and placed.can_place(run)
    if placeable and st.button("Place on the map", icon=":material/scatter_plot:", key=key):
        placed.keep(face, run)
        st.switch_page("../pages/embeddings.py")
