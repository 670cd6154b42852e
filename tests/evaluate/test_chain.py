"""The chain from picture to emotion: what is found is counted right, stored whole, and said in one sentence."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.evaluate.chain import CONDITIONS, PLAIN, chain, matched
from ferkit.evaluate.chain_table import markdown, sentence
from ferkit.evaluate.scenes import Scene, scenes
from ferkit.faces import PHOTO, Box, Detector, Effort
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_folder
from tests.untrained import noise, untrained


class Knowing(Detector):
    """Finds every face of the scenes it was told of, or every second one, and one box that holds none."""

    name = "knowing"

    def __init__(self, scenes: list[Scene], every: int = 1) -> None:
        super().__init__()
        faces = itertools.count()
        self._boxes = [[square for square in scene.squares if next(faces) % every == 0] for scene in scenes]
        self._extra, self._at = Box(0, 0, 1, 1, 0.5), 0

    def detect(self, rgb: np.ndarray, effort: Effort = PHOTO) -> list[Box]:
        self._at += 1
        return [*self._boxes[self._at - 1], self._extra]


@pytest.fixture(scope="module")
def faces() -> Faces:
    return noise(n=180)


@pytest.fixture(scope="module")
def made(faces: Faces) -> list[Scene]:
    """The scenes of the faces of val."""
    images = faces.split("val").images
    return list(scenes(images[np.random.default_rng(0).permutation(len(images))]))


@pytest.fixture
def run(faces: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """It has learned nothing."""
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    return untrained(faces, "tiny")


def test_what_is_stored_is_what_was_counted(run: Run, faces: Faces, made: list[Scene]) -> None:
    table = chain(run, faces, "val", [Knowing(made)], conditions=CONDITIONS[:1])
    pd.testing.assert_frame_equal(open_folder(run.path).results().chain("val"), table)
    whole, sizes = table.iloc[0], table.iloc[1:]
    part = faces.split("val")
    right = int((Classifier.open(run).logits(part.images).argmax(1) == part.labels).sum())
    assert (whole["detector"], whole["kind"], whole["faces"]) == ("knowing", PLAIN, 60) and whole["released"] == right
    assert whole["found"] == 60 and whole["pasted_found"] == whole["pasted"]
    assert whole["extra"] == len(made)
    for name in ("faces", "released", "pasted", "found", "read"):
        assert sizes[name].sum() == whole[name]


def test_a_face_that_is_not_found_is_not_read(run: Run, faces: Faces, made: list[Scene]) -> None:
    whole = chain(run, faces, "val", [Knowing(made, 2)], conditions=CONDITIONS[:1]).iloc[0]
    assert whole["found"] == 30 and whole["read"] <= 30 and whole["pasted_found"] <= whole["pasted"]


def test_a_few_faces_are_refused(run: Run, faces: Faces, made: list[Scene]) -> None:
    with pytest.raises(ConfigError, match="at least 50 faces, got 10"):
        chain(run, faces, "val", [Knowing(made)], n=10)
    with pytest.raises(RunError, match="ferkit chain RUN"):
        run.results().chain("val")


def test_each_square_gets_the_box_that_covers_it_best() -> None:
    squares = [Box(0, 0, 40, 40, 1.0), Box(100, 0, 40, 40, 1.0), Box(200, 0, 40, 40, 1.0)]
    boxes = [Box(104, 0, 40, 40, 1.0), Box(101, 0, 40, 40, 1.0), Box(20, 30, 40, 40, 1.0)]
    assert matched(squares, boxes) == [None, 1, None]
    assert matched(squares, []) == [None] * 3 and matched([], boxes) == []


def test_the_sentence_and_the_table_say_what_was_counted() -> None:
    numbers = {"faces": 200, "released": 140, "pasted": 138, "found": 194, "pasted_found": 136, "read": 130, "extra": 3}
    row = {"detector": "YuNet", "kind": PLAIN, "amount": 0.0, "smallest": 32, "largest": 192} | numbers
    dark = row | {"kind": "dark", "amount": 0.25, "found": 0, "pasted_found": 0, "read": 0}
    table = pd.DataFrame([row, row | {"largest": 47, "faces": 194}, dark])
    low, high = stats.binomtest(130, 200).proportion_ci(method="wilson")
    said = sentence(table, "YuNet")
    assert said == (
        "Of 100 val faces pasted into scenes, 32 to 192 pixels large, YuNet finds 97, and 65 are read right "
        f"[{100 * low:.0f}, {100 * high:.0f}]."
    )
    assert sentence(table, "another") == ""
    lines = markdown(table).splitlines()
    assert f"| 65.0% [{100 * low:.1f}, {100 * high:.1f}] | 3 |" in lines[6] and "67.0% [" in lines[6]
    assert lines[7].startswith("| faces of 32 to 47 pixels | 194 |")
    assert lines[8].startswith("| light × 0.25 | 200 |") and "| – |" in lines[8]
