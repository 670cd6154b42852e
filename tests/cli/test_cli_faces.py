"""The command that gets YuNet."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.faces import yunet as module
from ferkit.faces.yunet import Source


def test_the_detector_comes_from_a_file_and_is_then_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.onnx").write_bytes(b"network")
    known = Source("face_detection_yunet.onnx", "https://nowhere/", hashlib.sha256(b"network").hexdigest())
    monkeypatch.setattr(module, "SOURCES", (known,))
    kept = CliRunner().invoke(app, ["faces", "get-detector", "--from", str(tmp_path / "mine.onnx")])
    assert kept.exit_code == 0 and kept.output.startswith("YuNet is kept as ") and known.name in kept.output
    again = CliRunner().invoke(app, ["faces", "get-detector"])
    assert again.exit_code == 0 and again.output.startswith("YuNet is there: ")


def test_another_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"another network")
    refused = CliRunner().invoke(app, ["faces", "get-detector", "--from", str(tmp_path / "other.onnx")])
    assert refused.exit_code == 2 and "other.onnx, whose sha256 differs" in refused.output
