"""Up to three more runs on the same faces: the map and the probabilities of each, side by side."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import load, parameters, words
from dashboard.camera import class_map
from dashboard.charts import face as charts
from dashboard.components.chart import chart
from dashboard.results import unsure
from dashboard.state import put, value
from ferkit.colours import of_classes
from ferkit.predict.photo import FaceReading, PhotoReading
from ferkit.runs import Run

__all__ = ["choose", "show"]

MOST = 3
CELL = 220  # pixels, at least
Others = Sequence[tuple[Run, PhotoReading]]


def choose(run: Run, most: int = MOST) -> list[Run]:
    """Draw the choice of at most `most` runs besides `run`; those chosen."""
    runs = {name: other for name, other in load.all_runs().items() if name != run.name}
    st.session_state["photo-beside"] = [name for name in value(parameters.READERS) if name in runs][:most]
    chosen = st.multiselect(
        f"{'A run' if most == 1 else 'Runs'} besides {words.plain(run.name)}", list(runs),
        max_selections=most, key="photo-beside", width=420,
        on_change=lambda: put(parameters.READERS, tuple(st.session_state.get("photo-beside", ()))),
        placeholder="Compare with another" if most == 1 else "Compare with up to three",
    )  # fmt: skip
    return [runs[name] for name in chosen]


def show(image: np.ndarray, others: Others, face: int, target: str, key: str) -> None:
    """What each of the `others` reads in the face of that number, from 0, of uint8 RGB (H, W, 3)."""
    shown = [(run, reading) for run, reading in others if face < len(reading.faces)]
    if not shown:
        return
    with st.grid(min_column_width=CELL, gap="small"):
        for run, reading in shown:
            with st.container():
                _one(image, reading.faces[face], run, reading.margin, target, f"{key}-{run.name}")


def _one(image: np.ndarray, face: FaceReading, run: Run, margin: float, target: str, key: str) -> None:
    limit = unsure.threshold(run)
    doubt = " :orange-badge[unsure]" if limit is not None and face.confidence < limit else ""
    st.markdown(f"{words.plain(run.name)}: **{words.plain(face.label)}** {words.percent(face.confidence, 0)}{doubt}")
    of = target if target in run.classes else ""
    mapped = class_map.of_face(image, face, run, margin, of)
    if mapped.map is None:
        st.caption(f"No map for {words.plain(mapped.target)}: {words.plain(mapped.problem)}")
    else:
        st.image(mapped.map, width="stretch", alt=f"The map of {run.name} for {mapped.target}")
    spec = charts.probabilities(
        face.probabilities, run.classes, of_classes(run.classes), title="", chosen=[of] if of else []
    )
    chart(spec, key=key)
