"""Folders of other faces than FER2013's: three colour classes of 256×256, six classes of another vocabulary; all the
way through."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.synthetic import draw
from tests.frames import astronaut_video, frame
from tests.worlds import ROOT, World

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "webcam")


@dataclass(frozen=True)
class Kind:
    """A dataset folder as any user may bring it."""

    name: str
    classes: tuple[str, ...]
    drawn: tuple[str, ...]  # the emotions drawn for them
    size: int
    colour: bool
    ending: str


KINDS = (
    Kind("rgb256", ("Angry", "Happy", "Sad"), ("angry", "happy", "sad"), 256, True, ".jpg"),
    Kind("moods", ("Ahegao", "Böse", "calm one", "glad", "gloomy", "startled"),
         ("disgust", "angry", "neutral", "happy", "sad", "surprise"), 60, False, ".png"),
)  # fmt: skip


def ferkit(*words: str) -> str:
    done = CliRunner().invoke(command, list(words))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def brought(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kind, World]:
    """The folder written, imported, trained on and evaluated by the commands of the README."""
    kind: Kind = request.param
    home = tmp_path_factory.mktemp(kind.name)
    world, folder = World(home / "world"), home / "faces"
    faces = draw(n=15 * len(kind.classes), seed=1, size=kind.size, colour=kind.colour, emotions=kind.drawn)
    for i, (image, label, split) in enumerate(zip(faces.images, faces.labels, faces.splits, strict=True)):
        place = folder / str(split) / kind.classes[kind.drawn.index(faces.classes[label])]
        place.mkdir(parents=True, exist_ok=True)
        done, written = cv2.imencode(kind.ending, image[..., ::-1] if kind.colour else image)
        assert done
        (place / f"{i}{kind.ending}").write_bytes(written.tobytes())
    patch = pytest.MonkeyPatch()
    world.enter(patch)
    try:
        ferkit("data", "import", str(folder), "--name", kind.name)
        small = [
            word
            for setting in ("epochs=2", "model_args.filters=4", "batch=16", "precision=float32")
            for word in ("--set", setting)
        ]
        ferkit("train", "--recipe", "quick", "--data", kind.name, "--name", "own", "--no-evaluate", *small)
        ferkit("evaluate", "own", "--no-maps")
        yield kind, world
    finally:
        patch.undo()


@pytest.fixture(autouse=True)
def served(brought: tuple[Kind, World], monkeypatch: pytest.MonkeyPatch) -> None:
    brought[1].enter(monkeypatch)


def test_nothing_of_it_is_lost(brought: tuple[Kind, World]) -> None:
    kind, world = brought
    faces = store.load(kind.name)
    assert faces.classes == kind.classes and len(faces) == 15 * len(kind.classes)
    assert faces.images.shape[1:] == ((kind.size, kind.size, 3) if kind.colour else (kind.size, kind.size))
    meta = json.loads((world.checkpoints / "own" / "run.json").read_text("utf-8"))
    assert meta["input"]["channels"] == (3 if kind.colour else 1) and meta["input"]["size"] == kind.size
    assert tuple(meta["scores"]["val"]["per_class"]) == kind.classes


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_it(brought: tuple[Kind, World], app: Callable, page: str) -> None:
    kind, world = brought
    at = app(world, page, data=kind.name, run="own")
    assert not at.exception and not at.error, [element.value for element in (*at.exception, *at.error)]


def test_a_photo_is_read_in_its_colours(brought: tuple[Kind, World], app: Callable, tmp_path: Path) -> None:
    kind, world = brought
    path = tmp_path / "astronaut.jpg"
    cv2.imwrite(str(path), data.astronaut()[..., ::-1])
    (report,) = json.loads(ferkit("predict", str(path), "--run", "own", "--json"))
    assert len(report["faces"]) == 1 and tuple(report["faces"][0]["probabilities"]) == kind.classes
    at = app(world, "photo", data=kind.name, run="own")
    at.file_uploader(key="photo-upload").upload("astronaut.jpg", path.read_bytes())
    at.run()
    text = " ".join(element.value for element in (*at.markdown, *at.caption))
    assert not at.exception and f"{kind.size}×{kind.size}" in text and ("→ gray" in text) != kind.colour


def test_a_video_is_followed(brought: tuple[Kind, World], app: Callable, tmp_path: Path) -> None:
    kind, world = brought
    path = tmp_path / "clip.mp4"
    path.write_bytes(astronaut_video(1))
    (report,) = json.loads(ferkit("predict", str(path), "--run", "own", "--json"))
    (face,) = report["faces"]
    assert tuple(face["shares"]) == kind.classes and set(report["readings"][0]) >= set(kind.classes)
    at = app(world, "video", data=kind.name, run="own")
    at.file_uploader(key="video-upload").upload("clip.mp4", path.read_bytes())
    at.run()
    assert not at.exception and "**1 face in 1 seconds**" in " ".join(element.value for element in at.markdown)


def test_a_frame_of_the_camera_is_read(brought: tuple[Kind, World], app: Callable, channel: dict[str, Any]) -> None:
    kind, world = brought
    at = app(world, "webcam", data=kind.name, run="own", mode="server")
    before = frame(np.ascontiguousarray(data.astronaut()[:480]))
    after = channel["video_frame_callback"](before)
    assert not at.exception and (after.to_ndarray(format="rgb24") != before.to_ndarray(format="rgb24")).any()
    (face,) = at.session_state["stream"][1].reading.faces
    assert face.label in kind.classes


@pytest.mark.parametrize("brought", [KINDS[0]], indirect=True, ids=["rgb256"])
def test_a_colour_network_does_not_see_gray(brought: tuple[Kind, World]) -> None:
    from ferkit.predict.classifier import Classifier
    from ferkit.runs import open_run

    kind, _ = brought
    faces, classifier = store.load(kind.name).images[:4], Classifier.open(open_run("own"))
    seen = classifier.probabilities(faces)
    gray = np.repeat(faces.mean(3, keepdims=True).astype(np.uint8), 3, 3)
    assert kind.colour and np.abs(classifier.probabilities(gray) - seen).max() > 1e-6
