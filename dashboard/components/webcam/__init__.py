"""The visitor's webcam, read in the visitor's own browser: camera, detector, network and drawing are all there, and no
picture is sent.

The page gives addresses: of the code, the runtime, the network and the detector. What the browser reads it keeps; the
page is told which emotion's heat map was chosen and, where the visitor opens a recording on the Video page, is sent
that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.deploy.runtime import SOURCES

__all__ = ["CODE", "Reader", "Settings", "webcam"]

HERE = Path(__file__).parent
SHARED = ("bars.js", "camera.js", "crop.js", "element.js", "heat.js", "network.js")  # with the exported web page
CODE = {path.name: path for path in (*HERE.glob("*.js"), *(SOURCES / name for name in SHARED))}  # modules by name
_component = st.components.v2.component(
    "ferkit_webcam",
    html="<div class='webcam'></div>\n",
    css=(SOURCES / "bars.css").read_text("utf-8") + joined("slider.css", "webcam/webcam.css"),
    js=joined("saving.js", "correcting.js", "webcam/entry.js"),
)


@dataclass(frozen=True)
class Reader:
    """A network that reads faces."""

    run: str
    model: str  # address of a file
    classes: tuple[str, ...]
    colours: Mapping[str, str]  # class -> "#rrggbb"
    input: Mapping[str, int]  # size, channels, crop
    threshold: float | None  # below it an answer is unsure; above 1: at any confidence
    typical: Sequence[float] | None  # mean log-probabilities (C,) of neutral faces in general


@dataclass(frozen=True)
class Settings:
    """What the browser needs to know."""

    code: str  # address of the folder of modules
    wasm: str  # addresses of files
    detector: str | None  # None: an oval to put the face into
    readers: tuple[Reader, ...]  # the run, and at most one beside it
    effort: Mapping[str, float]  # side, smallest: of `ferkit.faces.Effort`
    margin: float
    mirror: bool  # whether probabilities are averaged with those of the mirror image


def webcam(
    settings: Settings,
    *,
    key: str,
    chosen: str = "",
    on_choose: Callable[[str], None],
    on_record: Callable[[str], None],
) -> None:
    """Show the camera's image and what `settings` read in it; `chosen` is the class whose map is shown first, and
    `on_choose(name)` is called when another one is chosen, with "" for that of each face's prediction.
    `on_record(content)` is called with a recording, a WebM or MP4 file as base64, that is to be opened on the Video
    page."""

    def changed() -> None:
        name = event(key, "map")
        if name == "" or name in settings.readers[0].classes:
            on_choose(str(name))

    def recorded() -> None:
        content = event(key, "recording")
        if isinstance(content, str):
            on_record(content)

    data = asdict(settings) | {"chosen": chosen}
    _component(data=data, key=key, on_map_change=changed, on_recording_change=recorded)
