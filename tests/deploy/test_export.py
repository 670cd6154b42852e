"""`export`: files that answer, a record of what they lose, and nothing written that is wrong."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ferkit.data.faces import Faces
from ferkit.deploy import check, record
from ferkit.deploy.export import export
from ferkit.deploy.formats import FORMATS
from ferkit.deploy.losing import lost
from ferkit.deploy.sample import sample, sized
from ferkit.deploy.session import Session
from ferkit.errors import ConfigError, RunError
from ferkit.models import Input
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")


def test_all_formats_are_written_and_measured(run: Run, faces: Faces) -> None:
    stored = export(run, faces)
    assert list(stored.formats) == list(FORMATS) and not stored.refused and stored.explains
    assert stored == record.read(run) and stored.weights == record.digest(run)
    val, classifier = faces.split("val"), Classifier.open(run)
    before = classifier.logits(val.images)
    assert stored.pytorch is not None and stored.pytorch.accuracy == np.mean(before.argmax(1) == val.labels)
    for name, one in stored.formats.items():
        path = run.path / one.file
        assert path.stat().st_size == one.bytes > 1000 and one.lost is not None
        after = Session.open(path).logits(val.images)
        flipped = val.ids[after.argmax(1) != before.argmax(1)]
        assert sorted(flip.id for flip in one.lost.flips) == sorted(flipped)
        assert one.lost.scores.accuracy == np.mean(after.argmax(1) == val.labels)
        assert one.largest_difference == pytest.approx(np.abs(after - before).max(), abs=1e-5)
        assert (one.largest_difference < 1e-4) == FORMATS[name].exact or name == "float16"
    assert stored.formats["int8"].calibration == "60 training faces of noise"
    assert stored.formats["int8"].bytes < stored.formats["onnx"].bytes * 2


def test_without_its_faces_a_run_is_exported_and_not_scored(run: Run, tmp_path: Path) -> None:
    stored = export(run, None, ["int8"], tmp_path / "out")
    assert stored.formats["int8"].calibration == "256 drawn faces" and stored.formats["int8"].lost is None
    assert stored.pytorch is None and [path.name for path in (tmp_path / "out").iterdir()] == ["model-int8.onnx"]
    assert not (run.path / "model-int8.onnx").exists()


def test_a_second_export_keeps_what_is_known_of_the_other_formats(
    run: Run, faces: Faces, make_run: Callable[..., Run]
) -> None:
    export(run, faces, ["onnx"])
    assert list(export(run, faces, ["exported-program"]).formats) == ["onnx", "exported-program"]
    retrained = make_run(faces, "tiny", seed=1)
    assert list(export(retrained, faces, ["exported-program"]).formats) == ["exported-program"]


def test_a_file_that_is_made_again_without_faces_keeps_its_scores(run: Run, faces: Faces, tmp_path: Path) -> None:
    first = export(run, faces, ["onnx"])
    assert export(run, None, ["onnx"]).formats == first.formats
    assert export(run, None, ["onnx"], tmp_path, store=False).pytorch is None and record.read(run) == record.change(run)


def test_a_file_that_differs_is_not_written(run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "TOLERANCE", -1.0)
    monkeypatch.setattr(check, "OF_LARGEST", -1.0)
    with pytest.raises(RunError, match=r"tiny as onnx differs from PyTorch by .* in logits, .* not written"):
        export(run, faces, ["onnx"])
    assert not (run.path / "model.onnx").exists() and not (run.path / "deploy.json").exists()


def test_an_unknown_format_names_those_there_are(run: Run) -> None:
    with pytest.raises(ConfigError, match="No format 'tflite'; there are onnx, float16, int8"):
        export(run, None, ["tflite"])


def test_what_is_lost_is_counted_by_hand() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    before, after = np.eye(3)[[0, 0, 1, 2, 0]], np.eye(3)[[0, 1, 1, 1, 1]]  # broken: 1; fixed: 3; changed: 4
    found = lost(after, before, labels, np.array(list("abcde")))
    assert (found.broken, found.fixed, found.changed) == (("b",), ("d",), ("e",))
    assert (found.difference, found.p, found.scores.n) == (0, 1, 5)
    assert found.interval[0] < 0 < found.interval[1]
    assert [(flip.id, flip.label, flip.before, flip.after) for flip in found.flips] == [
        ("b", 0, 0, 1), ("d", 1, 2, 1), ("e", 2, 0, 1),
    ]  # fmt: skip


def test_faces_are_brought_to_the_size_and_colours_of_the_network(run: Run, make_faces: Callable[..., Faces]) -> None:
    gray, colour = (Input(16, n, (0.5,) * n, (0.2,) * n) for n in (1, 3))
    images = make_faces(size=24, colour=True).images
    assert sized(images, gray).shape == (90, 16, 16) and sized(images, colour).shape == (90, 16, 16, 3)
    assert sized(images[..., 0], colour).shape == (90, 16, 16, 3)
    same = images[:, :16, :16, 0].copy()
    assert np.array_equal(sized(same, gray), same)
    assert sample(run, colour, None).calibration.shape == (256, 16, 16, 3)
