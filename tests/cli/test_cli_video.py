"""`video` as a person types it."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from ferkit.cli import video
from ferkit.videos import open_video
from tests.frames import astronaut_video
from tests.untrained import noise, untrained

app = typer.Typer()
video.register(app)
app.callback()(lambda: None)


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    untrained(noise(), "tiny")
    (tmp_path / "clip.mp4").write_bytes(astronaut_video(1))
    return tmp_path / "clip.mp4"


def call(*words: object) -> str:
    done = CliRunner().invoke(app, ["video", *map(str, words), "--run", "tiny"])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_says_what_each_face_shows_and_writes_files(clip: Path, tmp_path: Path) -> None:
    csv, mp4, gif = (tmp_path / f"readings.{ending}" for ending in ("csv", "mp4", "gif"))
    output = call(clip, "--rate", 5, "--csv", csv, "--mp4", mp4, "--gif", gif)
    assert "clip.mp4: 1 face in 1." in output and "% of the time" in output
    assert set(pd.read_csv(csv)["face"]) == {1} and open_video(mp4.read_bytes()).playable
    assert gif.read_bytes().startswith(b"GIF89a")


def test_json_is_one_value(clip: Path) -> None:
    report = json.loads(call(clip, "--json", "--rate", 0))
    assert report["frames"] == 21 and report["run"] == "tiny" and len(report["readings"]) == 21
    assert sum(report["faces"][0]["shares"].values()) == pytest.approx(1)


def test_a_broken_file_is_one_sentence(clip: Path) -> None:
    clip.write_bytes(clip.read_bytes()[:900])
    done = CliRunner().invoke(app, ["video", str(clip), "--run", "tiny"])
    assert done.exit_code == 2 and "Expected " in done.output and "Traceback" not in done.output
