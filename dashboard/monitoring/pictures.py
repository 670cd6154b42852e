"""The logged faces themselves, where the log keeps pictures: those behind an alarm, the least confident, the latest."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import parameters
from dashboard.components.tiles import Tile, tile_grid
from dashboard.monitoring import reading
from dashboard.state import bind, value
from dashboard.words import code, count, percent, plain
from ferkit import images
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.monitor.drift import CLASSES, FEATURES, Drift
from ferkit.monitor.features import from_texts
from ferkit.monitor.pictures import VARIABLE, as_array, kept
from ferkit.runs import Run

__all__ = ["behind", "show", "views"]

SHOWN, SIDE = 48, 96  # faces; pixels
LATEST, UNSURE = "latest", "least confident"
NOTED = ("brightness", "sharpness")  # said under the faces where their alarm is shown
CHOSEN = "monitor-face"  # in the session: the row of the face shown large
REMOVE = "python -m ferkit monitor forget --pictures --days 0"


def show(url: str, log: pd.DataFrame, run: Run, found: Sequence[Drift]) -> None:
    """The gallery of those rows of `log` that have a picture; how to switch it on where there is none."""
    st.subheader("Faces", anchor=False)
    rows = log[log.index.isin(reading.pictured(url))]
    if not len(rows):
        st.caption(_none())
        return
    alarms = {one.measure: one for one in found if one.alarm}
    options = views(rows, alarms)
    st.segmented_control("Faces shown", options, required=True, label_visibility="collapsed", wrap=True,
                         format_func=str.capitalize, **bind(parameters.LOGGED_FACES, options))  # fmt: skip
    view = value(parameters.LOGGED_FACES, options)
    shown = behind(rows, view, alarms).head(SHOWN)
    pictures = reading.pictures(url, tuple(map(int, shown.index)))
    shown = shown[shown.index.isin(list(pictures))]
    if len(shown):
        _grid(shown, view, [pictures[int(row)] for row in shown.index], run)
    st.caption(f"{count(len(shown))} of {count(len(rows))} faces with a picture. {_kept()}")


def views(rows: pd.DataFrame, alarms: Mapping[str, Drift]) -> list[str]:
    """What can be shown: a view per alarm, then the least confident and the latest faces."""
    behind_alarms = [name for name in alarms if name != CLASSES or len(behind(rows, name, alarms))]
    return [*behind_alarms, UNSURE, LATEST]


def behind(rows: pd.DataFrame, view: str, alarms: Mapping[str, Drift]) -> pd.DataFrame:
    """The rows in the order of a view: those first that an alarm is most owed to."""
    if view == LATEST:
        return rows.iloc[::-1]
    if view == UNSURE or view not in alarms:
        return rows.sort_values("confidence", kind="stable")
    one = alarms[view]
    if view == CLASSES:
        return rows[rows["emotion"] == one.detail.partition(":")[0]].iloc[::-1]
    if view == FEATURES:
        return rows.iloc[np.argsort(-_extent(rows, one), kind="stable")]
    lower = one.before is not None and one.now is not None and one.now < one.before
    return rows.sort_values(view, ascending=lower, kind="stable", na_position="last")


def _extent(rows: pd.DataFrame, one: Drift) -> np.ndarray:
    """How far each row lies from val along the direction of the alarm, float (N,); -1 where it is not known."""
    direction = int(one.detail.removeprefix("component ").partition(" ")[0]) - 1
    far = np.full(len(rows), -1.0)
    for place, text in enumerate(rows["features"]):
        coordinates = from_texts([text], len(str(text).split()))
        if len(coordinates) and direction < coordinates.shape[1]:
            far[place] = abs(coordinates[0, direction])
    return far


def _grid(shown: pd.DataFrame, view: str, pngs: Sequence[bytes], run: Run) -> None:
    missing = np.full((SIDE, SIDE, 3), 128, np.uint8)
    faces = [as_array(png) for png in pngs]
    square: list[np.ndarray] = [
        missing if face is None else images.rgb(images.resize(face, SIDE, SIDE)) for face in faces
    ]
    rows = shown.index.tolist()
    chosen = rows.index(kept) if (kept := st.session_state.get(CHOSEN)) in rows else 0
    left, right = st.columns([2, 7], gap="medium")
    with left:
        _detail(shown.iloc[chosen], square[chosen])
    with right:
        tile_grid(
            np.stack(square), _tiles(shown, view, run), key="monitor-faces", size=SIDE, chosen=rows[chosen],
            on_click=_choose,
        )  # fmt: skip


def _choose(row: int) -> None:
    st.session_state[CHOSEN] = row


def _detail(row: pd.Series, face: np.ndarray) -> None:
    st.image(face, width=2 * SIDE)
    st.markdown(f"**{plain(row['emotion'])} {percent(row['confidence'], 0)}**")
    facts = {
        "From": f"{plain(row['source'])}, {row['time']:%d %b %Y %H:%M:%S} UTC",
        "Latency": f"{row['latency']:,.0f} ms a picture",
        "Box": f"{row['size']:,.0f} pixels",
        "Brightness": f"{row['brightness']:.2f}",
        "Sharpness": f"{row['sharpness']:.2f}",
    }
    st.caption("  \n".join(f"{name} {fact}" for name, fact in facts.items()))


def _tiles(shown: pd.DataFrame, view: str, run: Run) -> list[Tile]:
    colours = of_classes(run.classes)
    if view in NOTED:
        notes = [f"{number:.2f}" for number in shown[view]]
    else:
        notes = [f"{source} {when:%d %b %H:%M}" for source, when in zip(shown["source"], shown["time"], strict=True)]
    return [
        Tile(int(row), f"{emotion} {percent(sure, 0)}", note, colours.get(emotion, "transparent"))
        for row, emotion, sure, note in zip(shown.index, shown["emotion"], shown["confidence"], notes, strict=True)
    ]


def _none() -> str:
    return (
        f"No picture is kept. Started with {code(f'{VARIABLE}=1000')} beside the log, the app or the server keeps the "
        "crops of the latest 1,000 faces, and those behind an alarm are shown here. Ask the people on them first."
    )


def _kept() -> str:
    try:
        most = kept()
    except FerkitError as error:
        return plain(str(error))
    asked = (
        f"The latest {count(most)} are kept ({VARIABLE})" if most else f"This app keeps none ({VARIABLE} is not set)"
    )
    return f"{asked}; {code(REMOVE)} removes them all."
