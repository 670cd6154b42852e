"""What the player gets: the video's faces, their readings and strongest moments as JSON."""

import base64
import json

import numpy as np
import pandas as pd
import pytest

from dashboard.components.player import FOREVER, describe
from ferkit.predict.video import VideoReading

CLASSES = ("calm", "cross")
COLOURS = {"calm": "#112233", "cross": "#445566"}


def video() -> VideoReading:
    """Face 1 in three frames, face 2 in the last alone."""
    columns = {"time": [0.0, 0.5, 1.0, 1.0], "face": [1, 1, 1, 2], "x": [10, 10, 20, 50], "y": 20, "w": 40, "h": 20}
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.2, 0.8]])
    thumbnails = tuple(f"jpeg {i}".encode() for i in range(4))
    times = np.array([0.0, 0.5, 1.0])
    return VideoReading(b"mp4", 100, 50, 1.2, "", CLASSES, times, pd.DataFrame(columns), probabilities, thumbnails)


def test_every_face_is_described_the_one_longest_on_screen_first() -> None:
    description = json.loads(describe(video(), COLOURS))
    assert (description["width"], description["height"], description["seconds"]) == (100, 50, 1.2)
    assert description["classes"] == ["calm", "cross"] and description["colours"] == ["#112233", "#445566"]
    first, second = description["faces"]
    assert (first["face"], second["face"]) == (1, 2)
    assert first["times"] == [0.0, 0.5, 1.0] and first["until"] == [0.5, 1.0, FOREVER]
    assert first["boxes"][2] == [0.2, 0.4, 0.4, 0.4], "in shares of the width and the height"
    assert first["probabilities"][0] == [0.9, 0.1]
    assert first["note"] == "calm, 0:00–0:01" and second["note"] == "cross, 0:01–0:01"


def test_the_strongest_moment_of_each_class_has_its_thumbnail() -> None:
    peaks = {peak["emotion"]: peak for peak in json.loads(describe(video(), COLOURS))["peaks"]}
    assert set(peaks) == {"calm", "cross"} and (peaks["cross"]["face"], peaks["cross"]["time"]) == (2, 1.0)
    url = "data:image/jpeg;base64," + base64.b64encode(b"jpeg 3").decode()
    assert url in peaks["cross"].values()


@pytest.mark.parametrize("change", [{"mp4": b"other"}, {"seconds": 9.0}])
def test_the_digest_changes_with_the_content(change: dict) -> None:
    from dataclasses import replace

    digest = json.loads(describe(video(), COLOURS))["digest"]
    assert json.loads(describe(video(), COLOURS))["digest"] == digest
    assert json.loads(describe(replace(video(), **change), COLOURS))["digest"] != digest
