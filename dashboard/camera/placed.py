"""A face of the visitor's own photo on a run's map: kept in the session alone, never in an address."""

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.map import Mark
from dashboard.faces import maps
from dashboard.state import current, narrow
from dashboard.view import View
from dashboard.words import percent
from ferkit.embed.neighbours import place
from ferkit.runs import Run

if TYPE_CHECKING:
    from ferkit.predict.photo import FaceReading

__all__ = ["Placed", "can_place", "keep", "marks", "remove"]

SIDE = 112  # pixels of the picture


@dataclass(frozen=True)
class Placed:
    """A face that a run has read."""

    run: tuple[str, float, int]  # its key: another run arranges faces in other features
    features: np.ndarray  # (D,)
    label: str
    picture: str  # data URL


def can_place(run: Run) -> bool:
    """Whether the Selection's split has a map and features of that run."""
    selection = current()
    results = run.results(selection.data)
    return all(results.has(selection.split, end) for end in ("-map.parquet", "-features.npy"))


def keep(face: "FaceReading", run: Run) -> None:
    """Show that face on the map of `run` from now on."""
    assert face.features is not None and face.crop is not None
    picture = cv2.resize(face.crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    picture = picture[..., ::-1] if picture.ndim == 3 else picture
    jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    url = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
    text = f"your photo: {face.label} {percent(face.confidence, 0)}"
    st.session_state["placed"] = Placed(run.key, face.features, text, url)
    narrow(run=run.name)


def marks(view: View) -> list[Mark]:
    """The face that was placed, on every layout of that View; none on the map of another run."""
    placed: Placed | None = st.session_state.get("placed")
    if placed is None or placed.run != view.run.key or not view.results.has(view.split, "-features.npy"):
        return []
    features = load.features(view.results, view.split)
    if features.shape[1] != len(placed.features):
        return []
    names, table = list(maps.layouts(view)), load.layout(view.results, view.split)
    axes = table[[f"{name}_{axis}" for name in names for axis in "xy"]].to_numpy()
    files = [load.key_of(view.results.path / f"{view.split}{end}") for end in ("-features.npy", "-map.parquet")]
    key = ("placed", *files, placed.features.tobytes())
    found = load.cached(key, lambda: place(features, axes, placed.features)[0].reshape(-1, 2).tolist())
    places = {name: (x, y) for name, (x, y) in zip(names, found, strict=True)}
    return [Mark(placed.label, places, placed.picture)]


def remove() -> None:
    """A button that takes it off the map, where there is one."""
    if "placed" in st.session_state:
        st.button(
            "Remove my photo", icon=":material/close:", key="placed-remove",
            on_click=lambda: st.session_state.pop("placed", None),
        )  # fmt: skip
