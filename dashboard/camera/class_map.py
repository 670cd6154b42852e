"""What speaks in a face of a photo for any class and not for the others, large and beside the face."""

from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from dashboard import parameters
from dashboard.evidence import live, record
from dashboard.evidence.live import Explained
from dashboard.state import bind, value
from dashboard.thumbnail import enlarge
from dashboard.words import code, minus, plain
from ferkit.explain.overlay import signed_overlay
from ferkit.faces import square_crop
from ferkit.predict.photo import FaceReading
from ferkit.runs import Run

__all__ = ["METHOD", "ClassMap", "believed", "choose", "of_face"]

METHOD = "contrast-last"  # all classes in one forward pass
SIDE = 384  # pixels of a picture
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 90]


@dataclass(frozen=True, eq=False)
class ClassMap:
    """A face, and the map of one class over it."""

    target: str  # the class
    face: bytes  # a JPEG of the square that the network reads, in the photo's colours
    map: bytes | None  # a JPEG of the same under the map; None where there is no map
    problem: str  # why there is none


def choose(classes: tuple[str, ...]) -> str:
    """Draw the choice of a class; "" for what is predicted for each face."""
    options = ["", *classes]
    st.pills(
        "Map for", options, required=True, wrap=True, format_func=lambda name: plain(name) if name else "As predicted",
        **bind(parameters.MAP_OF, options),
    )  # fmt: skip
    return value(parameters.MAP_OF, options)


def believed(run: Run) -> str:
    """What the colours mean and how far the maps of `run` are to be believed, as Markdown."""
    results = run.results()
    stored = record.of_run(run, results, "val")
    score = stored.record.methods.get(METHOD) if stored is not None else None
    colours = "Red speaks for the emotion rather than for the others, blue against it."
    if score is not None and score.sentence:
        return f"{colours} {plain(minus(score.sentence))}"
    command = f"python -m ferkit explain {run.name}"
    return f"{colours} How far to believe the maps of this run has not been measured: {code(command)}"


def of_face(image: np.ndarray, face: FaceReading, run: Run, margin: float, target: str) -> ClassMap:
    """The map of class `target`, or of the prediction where that is "", over a face of uint8 RGB (H, W, 3); the maps
    of all classes of a face are on one scale."""
    assert face.crop is not None
    name = target or face.label
    square = enlarge(square_crop(image, face.box, margin), SIDE)
    found, at = _maps(face.crop, run), face.classes.index(name)
    problem = found.reason or found.problems[at]
    painted = None if problem else _jpeg(signed_overlay(square, found.maps[at], found.top))
    return ClassMap(name, _jpeg(square), painted, problem)


def _maps(crop: np.ndarray, run: Run) -> Explained:
    stored = record.of_run(run, run.results(), "val")
    reference = None if stored is None else stored.evidence["mean_face"]
    return live.explain(run, crop, reference, METHOD, {})


def _jpeg(rgb: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), QUALITY)[1].tobytes()
