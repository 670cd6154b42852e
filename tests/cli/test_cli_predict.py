"""`predict` as a person types it: photos, videos, and files that are neither."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from ferkit.cli import predict
from ferkit.faces import Box
from ferkit.predict.classifier import Classifier
from ferkit.predict.photo import read
from ferkit.runs import Run, open_run
from tests.frames import astronaut_video
from tests.predict.stubs import Fixed
from tests.worlds import ROOT

app = typer.Typer()
predict.register(app)
pytestmark = pytest.mark.usefixtures("run")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result, message: str) -> None:
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1 and message in result.stderr


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """The boxes a detector finds in any photo."""
    boxes = [Box(4, 6, 30, 32, 0.9), Box(40, 2, 20, 20, 0.5)]

    def detector() -> Fixed:
        fixed = Fixed()
        fixed.boxes = boxes
        return fixed

    monkeypatch.setattr("ferkit.faces.detector", detector)
    return boxes


def photo(path: Path, width: int = 90, height: int = 70) -> Path:
    cv2.imwrite(str(path), np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))
    return path


def test_every_face_of_every_photo(tmp_path: Path, boxes: list[Box], run: Run) -> None:
    paths = [photo(tmp_path / "a.png"), photo(tmp_path / "b.png")]
    result = call(*paths, "--run", "tiny", "--json")
    assert result.exit_code == 0, result.output
    results = json.loads(result.stdout)
    assert [entry["image"] for entry in results] == [str(path) for path in paths]
    for entry in results:
        assert [face["box"] for face in entry["faces"]] == [[4, 6, 30, 32], [40, 2, 20, 20]]
        for face in entry["faces"]:
            assert tuple(face["probabilities"]) == run.classes
            assert sum(face["probabilities"].values()) == pytest.approx(1)
            assert face["emotion"] == max(face["probabilities"], key=face["probabilities"].__getitem__)
    assert "2 faces" in call(paths[0], "--run", "tiny").stdout


@pytest.mark.parametrize("ending", ["png", "zip", "mp4"])
def test_mirror_images_are_averaged_as_on_the_photo_page(tmp_path: Path, boxes: list[Box], ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w") as packed:
            packed.write(photo(tmp_path / "a.png"), "a.png")
    elif ending == "mp4":
        path.write_bytes(astronaut_video(seconds=1))
    else:
        photo(path)
    as_it_is, (result,) = (
        call(path, "--run", "tiny", "--json"),
        json.loads(call(path, "--run", "tiny", "--mirror", "--json").stdout),
    )
    (plain,) = json.loads(as_it_is.stdout)
    if ending == "mp4":
        assert result["faces"][0]["shares"] != plain["faces"][0]["shares"]
        return
    content = (tmp_path / "a.png").read_bytes()
    expected = read(content, Classifier.open(open_run("tiny")), Fixed(*boxes), mirror=True)
    for face, before, here in zip(result["faces"], plain["faces"], expected.faces, strict=True):
        assert face["probabilities"] == pytest.approx(here.by_class) != pytest.approx(before["probabilities"])


def test_a_photo_without_a_face(tmp_path: Path, boxes: list[Box]) -> None:
    boxes.clear()
    path = photo(tmp_path / "a.png")
    assert json.loads(call(path, "--run", "tiny", "--json").stdout) == [
        {"image": str(path), "faces": [], "method": "detected", "detector": "fixed"}
    ]
    assert "no faces" in call(path, "--run", "tiny").stdout


def test_a_photo_as_small_as_the_input_is_a_face_already_cut_out(tmp_path: Path, boxes: list[Box]) -> None:
    boxes.clear()
    (result,) = json.loads(call(photo(tmp_path / "small.png", 16, 16), "--run", "tiny", "--json").stdout)
    assert [face["box"] for face in result["faces"]] == [[0, 0, 16, 16]] and result["method"] == "whole image"


def test_a_video(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(astronaut_video(seconds=1))
    (result,) = json.loads(call(path, "--run", "tiny", "--json").stdout)
    (face,) = result["faces"]
    assert result["video"] == str(path) and face["face"] == 1 and face["to"] - face["from"] > 0.7
    assert tuple(face["shares"]) == run.classes and sum(face["shares"].values()) == pytest.approx(1)
    assert {row["face"] for row in result["readings"]} == {1} and len(result["readings"]) >= 8
    assert result["stopped"] == "" and "1 face in 1.1 seconds" in call(path, "--run", "tiny").stdout


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.mp4", b"no video", "bad.mp4: Expected an MP4"),
        ("bad.mp4", b"", "bad.mp4: Expected a video, got an empty file"),
        ("bad.png", b"", "bad.png: Expected a photo, got an empty file"),
        ("bad.png", b"no photo", "bad.png: Expected a photo as JPEG"),
        ("bad.png", b"\x89PNG\r\n\x1a\n broken", "bad.png: Expected a photo"),
        ("\x1b[31mred\x07.png", b"no photo", r"\x1b[31mred\x07.png: Expected a photo"),
        ("two\nlines.png", b"no photo", "lines.png: Expected a photo"),
    ],
)
def test_one_bad_file_and_nothing_else_is_printed(
    tmp_path: Path, boxes: list[Box], name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = call(photo(tmp_path / "good.png"), tmp_path / name, "--run", "tiny", "--json")
    refused(result, message)
    assert "\x1b" not in result.stderr


@pytest.mark.parametrize("ending", ["jpg", "mp4"])
@pytest.mark.parametrize(
    ("kind", "message"),
    [("missing", "no such file"), ("folder", "got a folder"), ("pipe", "a device or a pipe"), ("zero", "a device")],
)
def test_no_regular_file(tmp_path: Path, ending: str, kind: str, message: str) -> None:
    path = tmp_path / f"a.{ending}"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "zero":
        path.symlink_to("/dev/zero")
    refused(call(path, "--run", "tiny"), message)


def test_an_unknown_run() -> None:
    refused(call("a.jpg", "--run", "none"), "No run 'none'")


def test_names_of_any_bytes_are_read_and_escaped(tmp_path: Path) -> None:
    """In its own process: the name comes from the operating system as it is."""
    good = os.fsencode(tmp_path) + b"/caf\xe9\x1b[31m.png"
    os.rename(photo(tmp_path / "a.png"), good)
    bad = os.fsencode(tmp_path) + b"/\xff.png"
    command = [sys.executable, "-m", "ferkit", "predict"]
    done = subprocess.run([*command, good, "--run", "tiny", "--json"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["image"].endswith(r"caf\udce9\x1b[31m.png")
    done = subprocess.run([*command, bad, "--run", "tiny"], cwd=ROOT, capture_output=True, check=False)
    assert (
        done.returncode == 2 and done.stderr.startswith(b"Error: Expected a photo at ") and b"\xff" not in done.stderr
    )
    assert done.stderr.count(b"\n") == 1 and done.stdout == b""
