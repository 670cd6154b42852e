"""What a video comes to: how long a reading holds, smoothing here and in the browser, tracks, peaks, the table."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit.predict.timeline import hold_until, peaks, shares, smoothed, table, tracks
from ferkit.predict.video import VideoReading
from tests.worlds import ROOT

CLASSES = ("calm", "cross")


def made(probabilities: list[list[float]], times: list[float], faces: list[int]) -> VideoReading:
    rows = pd.DataFrame({"time": times, "face": faces, "x": 0, "y": 0, "w": 9, "h": 9})
    return VideoReading(
        b"", 96, 96, times[-1], "", CLASSES, np.unique(times), rows, np.array(probabilities), (b"",) * len(times)
    )


def test_a_reading_holds_until_the_next_one_or_until_the_face_was_not_found() -> None:
    got = replace(
        made([[1, 0]] * 5, [0.0, 0.1, 0.4, 2.0, 2.1], [1, 1, 1, 1, 2]), times=np.arange(0, 2.3, 0.1).round(1)
    )  # gone at 0.2 and 0.3, then for long
    np.testing.assert_allclose(hold_until(got), [0.1, 0.4, 0.5, 2.1, 2.2])
    last = replace(got, times=np.arange(0, 2.2, 0.1).round(1))
    np.testing.assert_allclose(hold_until(last)[-1], np.inf)


def test_smoothing_is_a_gaussian_over_frames_of_the_same_face() -> None:
    got = made([[1, 0], [0, 1], [1, 0], [0, 1]], [0.0, 0.0, 0.3, 0.6], [1, 2, 1, 1])
    weights = np.exp(-0.5 * np.array([0.0, 1.0, 2.0]) ** 2)
    expected = weights @ [[1, 0], [1, 0], [0, 1]] / weights.sum()
    np.testing.assert_allclose(smoothed(got, 0.3)[0], expected)
    np.testing.assert_allclose(smoothed(got, 0.3)[1], [0, 1])
    np.testing.assert_allclose(smoothed(got, 0), got.probabilities)


def test_people_and_peaks_and_the_table() -> None:
    got = made(
        [[0.6, 0.4], [0.2, 0.8], [0.9, 0.1], [0.3, 0.7]], [0.0, 10.0, 20.0, 30.0], [1, 2, 2, 2]
    )  # too far apart to smooth
    second, first = tracks(got)
    assert (second.face, second.begin, second.end) == (2, 10.0, 30.0) and (first.face, first.end) == (1, 0.0)
    np.testing.assert_allclose(second.mean, [1.4 / 3, 1.6 / 3])
    assert second.row == 1 and first.row == 0
    assert peaks(got) == [("calm", 2), ("cross", 1)]
    assert table(got).columns.tolist() == ["time", "face", "x", "y", "w", "h", "emotion", *CLASSES]
    assert table(got)["emotion"].tolist() == ["calm", "cross", "calm", "cross"]


def test_shares_of_time_leave_unsure_frames_out() -> None:
    got = made([[0.9, 0.1], [0.45, 0.55], [0.2, 0.8], [0.9, 0.1]], [0.0, 10.0, 20.0, 30.0], [1, 1, 1, 2])
    assert shares(got, 0.6).loc[1].to_dict() == pytest.approx({"calm": 1 / 3, "cross": 1 / 3, "unsure": 1 / 3})
    assert shares(got).loc[1, "cross"] == pytest.approx(2 / 3) and shares(got).loc[2, "calm"] == 1
    assert not len(shares(replace(got, rows=got.rows[:0], probabilities=got.probabilities[:0])))


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
@pytest.mark.parametrize("sigma", [0, 0.1, 0.3, 1.5])
def test_the_player_smooths_as_python_does(tmp_path: Path, sigma: float) -> None:
    rng = np.random.default_rng(0)
    times, probabilities = np.sort(rng.uniform(0, 20, 90)), rng.dirichlet([0.3, 0.3], 90)
    video = made(probabilities.tolist(), times.tolist(), [1] * 90)
    reading = (ROOT / "dashboard/components/player/reading.js").read_text("utf-8")
    (tmp_path / "reading.mjs").write_text(reading + "\nexport { smooth };\n", "utf-8")
    face = json.dumps({"times": times.tolist(), "probabilities": probabilities.tolist()})
    script = f'import {{ smooth }} from "./reading.mjs"; console.log(JSON.stringify(smooth({face}, {sigma})));'
    (tmp_path / "run.mjs").write_text(script, "utf-8")
    done = subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    np.testing.assert_allclose(json.loads(done.stdout), smoothed(video, sigma), atol=1e-12)
