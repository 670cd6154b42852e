"""Ours beside `fer` on the same frames, with a stand-in for the package, and without it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from bench import fer_peer, subjects
from bench.fer_peer import compare
from ferkit.errors import ConfigError

FAKE = """
class FER:
    def detect_emotions(self, frame):
        assert frame.shape == (480, 640, 3) and frame[..., 0].mean() == BLUE
        return [{"box": [0, 0, 9, 9], "emotions": {"happy": 1.0}}]

    def _classify_emotions(self, faces):
        assert faces.shape == (1, 64, 64) and faces.dtype == "float32" and abs(faces).max() <= 1
        return [[1.0]]
"""


@pytest.fixture(scope="module")
def frames() -> list[np.ndarray]:
    return [subjects.portrait(640, 480)] * 2


def test_ours_is_timed_alone_where_fer_is_not(frames: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FERKIT_FER", raising=False)
    samples, note = compare(subjects.subject().classifier, frames, repeats=2)
    assert note == fer_peer.MISSING and "bench/fer_peer.py" in note
    assert [sample.what for sample in samples] == [
        "ours in PyTorch, the network, a face", "ours, Haar cascade and the network, a frame",
    ]  # fmt: skip
    assert all(len(sample.values) == 2 and min(sample.values) > 0 and sample.unit == "ms" for sample in samples)


def test_fer_reads_the_same_frames(frames: list[np.ndarray], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "fer"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "fer.py").write_text(f"BLUE = {frames[0][..., 2].mean()}\n{FAKE}")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("FERKIT_FER", sys.executable)
    samples, note = compare(subjects.subject().classifier, frames, repeats=1)
    assert note == "fer finds a face in 2 of the 2 frames"
    assert [sample.what for sample in samples[2:]] == [f"fer, {what}" for what in fer_peer.WHAT.values()]


@pytest.mark.parametrize(("python", "message"), [("/no/python", "Expected a Python"), (sys.executable, "but it ended")])
def test_where_fer_does_not_run_one_sentence_says_so(
    frames: list[np.ndarray], monkeypatch: pytest.MonkeyPatch, python: str, message: str
) -> None:
    monkeypatch.setenv("FERKIT_FER", python)
    with pytest.raises(ConfigError, match=message):
        compare(subjects.subject().classifier, frames, repeats=1)
