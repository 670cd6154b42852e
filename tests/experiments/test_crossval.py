"""Cross-validation: folds without a face twice, predictions out of fold, and a run the pages can show."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from ferkit.experiments.crossval import crossval, folds_of
from ferkit.predict.classifier import Classifier
from ferkit.runs import open_folder, open_run
from ferkit.train.config import parse
from tests.worlds import World, tiny_faces

SMALL = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1, "precision": "float32"}


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Tiny faces, some of the training ones twice."""
    folder_of = tiny_faces()
    images = folder_of.images.copy()
    train = np.flatnonzero(folder_of.splits == "train")
    images[train[20:40]] = images[train[:20]]
    return replace(folder_of, images=images, groups=np.empty(0, np.int32), leaked=np.empty(0, bool), fingerprint="")


def test_every_training_face_is_scored_once_and_duplicates_stay_together(faces: Faces) -> None:
    train, seen = faces.split("train"), []
    for rows, part in folds_of(faces, 4, seed=0):
        assert (part.splits[rows] == "val").all() and (part.splits == "val").sum() == len(rows)
        assert not set(part.groups[part.splits == "val"]) & set(part.groups[part.splits == "train"])
        assert not part.leaked.any()
        shares = np.bincount(part.labels[rows], minlength=7) / np.bincount(train.labels, minlength=7)
        assert (np.abs(shares - 0.25) < 0.2).all()
        seen.append(rows)
    assert sorted(np.concatenate(seen)) == list(range(len(train)))


@pytest.mark.parametrize(("folds", "message"), [(1, "2 folds or more"), (500, "got 500")])
def test_folds_that_cannot_be_are_refused(faces: Faces, folds: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(folds_of(faces, folds, 0))


def test_the_run_holds_out_of_fold_predictions(tmp_path: Path, faces: Faces) -> None:
    run = crossval(parse(SMALL), faces, tmp_path / "cv", 2)
    scores = run.results().scores["train"]
    train, logits = faces.split("train"), run.results().logits("train")
    assert run.results().predictions("train")["id"].tolist() == train.ids.tolist()
    for k, (rows, _) in enumerate(folds_of(faces, 2, 0), 1):
        folder_of = open_folder(run.path / "folds" / str(k))
        np.testing.assert_allclose(Classifier.open(folder_of).logits(train.images[rows]), logits[rows], atol=1e-5)
    assert scores.accuracy == (logits.argmax(1) == train.labels).mean()
    assert scores.accuracy == pytest.approx(
        np.average(run.manifest.crossval.accuracy, weights=[len(r) for r, _ in folds_of(faces, 2, 0)])
    )
    before = [(run.path / "folds" / k / "model.safetensors").stat().st_mtime_ns for k in "12"]
    assert crossval(parse(SMALL), faces, run.path, 2).manifest.scores["train"] == scores
    assert [(run.path / "folds" / k / "model.safetensors").stat().st_mtime_ns for k in "12"] == before
    assert not run.weights.exists()


def test_pages_show_it_and_the_command_prints_the_mean(tmp_path: Path, app, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(tiny_faces())
    words = [
        "crossval",
        "--recipe",
        "quick",
        "--data",
        "tiny",
        "--folds",
        "2",
        "--set",
        "epochs=1",
        "--set",
        "precision=float32",
    ]
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0, done.output
    assert "fold 2 of 2" in done.stdout and "±" in done.stdout
    again = CliRunner().invoke(command, words)
    assert again.exit_code == 2 and "already" in again.output
    run = open_run("quick-crossval")
    assert "val" not in run.results().scores
    run.weights.write_bytes(b"of another run")
    lost = CliRunner().invoke(command, [*words, "--force", "--folds", "99"])
    assert lost.exit_code == 2 and run.weights.is_file() and open_run("quick-crossval") == run
    assert CliRunner().invoke(command, [*words, "--force"]).exit_code == 0 and not run.weights.exists()
    for page in ("overview", "failures", "training", "embeddings", "filters"):
        at = app(world, page, data="tiny", run="quick-crossval", split="train")
        assert not at.exception, page
        if page == "overview":
            assert any("2-fold cross-validation" in caption.value for caption in at.caption)
