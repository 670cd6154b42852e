"""Training: it learns, repeats itself, stops when interrupted, and reports when it cannot continue."""

import contextlib
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, DataError, TrainError
from ferkit.models import Input, load
from ferkit.runs import Run, open_folder
from ferkit.train import checkpoint, loop
from ferkit.train.config import TrainConfig, parse
from ferkit.train.fit import fit
from tests.worlds import tiny_faces

PLAIN = {"crop": 0, "rotate": 0, "scale": 0, "shift": 0, "flip": 0, "light": 0, "erase": 0}
SMALL = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1}
SHORT = SMALL | {"epochs": 3, "subset": 0.3}


def train(path: Path, faces: Faces, **settings: object) -> Run:
    return fit(parse(SMALL | settings), faces, path, origin={"recipe": "test"})


@pytest.fixture(scope="module")
def faces() -> Faces:
    return tiny_faces()


def test_one_batch_can_be_overfitted(tmp_path: Path) -> None:
    faces = tiny_faces(size=24, n=120)
    train_part = np.flatnonzero(faces.splits == "train")
    few = np.concatenate([train_part[faces.labels[train_part] == label][:4] for label in range(len(faces.classes))])
    kept = faces.select(np.concatenate([few, np.flatnonzero(faces.splits == "val")]))
    run = train(
        tmp_path / "heart", kept, epochs=150, lr=0.05, label_smoothing=0.0, ema=0.0, weight_decay=0.0,
        model_args={"filters": 16, "dropout": 0.0}, augment=PLAIN, precision="float32",
    )  # fmt: skip
    assert run.history()["train_accuracy"].iloc[-1] == 1.0
    assert run.history()["train_loss"].iloc[-1] < 0.1


def test_the_same_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path, faces: Faces) -> None:
    weights = [
        train(tmp_path / name, faces, seed=seed).weights.read_bytes() for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, faces: Faces) -> bytes:
    """The weights of a training without any ingredient."""
    return train(tmp_path_factory.mktemp("plain") / "run", faces, augment=PLAIN).weights.read_bytes()


@pytest.mark.parametrize(
    "settings",
    [
        {"sam": 0.05},
        {"logit_adjustment": 1.0},
        {"loss": "focal"},
        {"balance": "effective"},
        {"balance": "oversample"},
        {"schedule": "one-cycle"},
        {"optimizer": "rmsprop"},
        {"augment": PLAIN | {"cutmix": 1.0}},
        {"augment": PLAIN | {"randaugment": 9}},
        {"augment": PLAIN | {"alternating_flip": True}},
        {"augment": {"erase": 1.0}, "plain_epochs": 1},
    ],
)
def test_each_ingredient_changes_the_run(tmp_path: Path, faces: Faces, plain: bytes, settings: dict) -> None:
    changed = train(tmp_path / "changed", faces, **({"augment": PLAIN} | settings))
    assert plain != changed.weights.read_bytes()
    assert np.isfinite(changed.history()["train_loss"]).all()


@pytest.mark.parametrize(("clean", "times"), [(False, 2), (True, 1)])
def test_drop_duplicates_leaves_duplicates_out(tmp_path: Path, faces: Faces, clean: bool, times: int) -> None:
    rows, seen = np.flatnonzero(faces.splits == "train"), []
    doubled = faces.select(np.r_[rows, rows, np.flatnonzero(faces.splits == "val")])
    fit(
        parse(SMALL | {"drop_duplicates": clean}),
        doubled,
        tmp_path / "run",
        on_step=lambda step: seen.append(step.total),
    )
    assert set(seen) == {times * len(rows)}


def test_patience_stops_and_keeps_the_best(tmp_path: Path, faces: Faces) -> None:
    run = train(tmp_path / "patient", faces, epochs=60, patience=2, lr=1e-6, ema=0.0)
    history = run.history()
    assert len(history) < 60
    assert len(history) - 1 - history["val_macro_f1"].argmax() == 2
    assert "best val macro-F1" in run.manifest.selection


def test_an_interrupt_that_python_drops_is_raised_all_the_same(tmp_path: Path, faces: Faces) -> None:
    def dropped(_: object) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fit(parse(SMALL | {"epochs": 3}), faces, tmp_path / "dropped", on_epoch=dropped)
    run = open_folder(tmp_path / "dropped")
    assert (run.manifest.status, run.manifest.epochs_done) == ("interrupted", 1)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_only_a_run_is_replaced(tmp_path: Path, faces: Faces) -> None:
    notes, old = tmp_path / "mine" / "notes.txt", tmp_path / "run" / "val.parquet"
    run = train(old.parent, faces)
    for path in (notes, old):
        path.parent.mkdir(exist_ok=True)
        path.write_text("kept?")
    train(notes.parent, faces)
    train(run.path, faces)
    assert notes.is_file() and not old.exists()


def test_a_loss_that_is_not_finite_stops_with_a_message(tmp_path: Path, faces: Faces) -> None:
    args = {"filters": 4, "norm": "none"}
    with pytest.raises(TrainError, match=r"epoch \d+ at learning rate .* --set lr="):
        train(tmp_path / "nan", faces, lr=100, epochs=9, precision="float32", model_args=args)
    assert '"failed"' in (tmp_path / "nan" / "run.json").read_text()


def test_a_class_without_a_training_face_is_refused(tmp_path: Path, faces: Faces) -> None:
    keep = ~((faces.labels == 0) & (faces.splits == "train"))
    with pytest.raises(DataError, match="No training face of angry"):
        train(tmp_path / "x", faces.select(keep))
    assert not (tmp_path / "x").exists()


def test_a_crop_larger_than_the_face_is_refused(tmp_path: Path, faces: Faces) -> None:
    with pytest.raises(ConfigError, match="49 pixels"):
        train(tmp_path / "x", faces, augment={"crop": 49})


def test_subset_trains_on_a_share_of_every_class(tmp_path: Path, faces: Faces) -> None:
    seen = []
    config = parse(SMALL | {"subset": 0.5})
    fit(config, faces, tmp_path / "half", on_step=lambda step: seen.append(step.total))
    available = int((faces.splits == "train").sum())
    assert 0.4 * available < seen[0] < 0.6 * available


def test_run_json_counts_what_was_built(tmp_path: Path, faces: Faces) -> None:
    run = train(tmp_path / "counted", faces)
    model = load(run)
    assert run.manifest.parameters == sum(p.numel() for p in model.parameters())
    assert run.manifest.data.counts == faces.counts()
    assert run.manifest.data.fingerprint == faces.fingerprint
    assert run.manifest.input.size == 48
    assert TrainConfig(**{**run.manifest.config, "augment": parse(run.manifest.config).augment}) == parse(
        run.manifest.config
    )


def test_loaded_weights_are_those_that_were_scored(tmp_path: Path, faces: Faces) -> None:
    run = train(tmp_path / "scored", faces, epochs=2, precision="float32")
    val = faces.split("val")
    with torch.inference_mode():
        logits = load(run)(Input.of(run.manifest.input).prepare(val.images)).numpy()
    accuracy = float((logits.argmax(1) == val.labels).mean())
    assert accuracy == pytest.approx(run.history()["val_accuracy"].iloc[-1])


def test_a_network_reads_the_centre_as_large_as_its_training_crops(tmp_path: Path, faces: Faces) -> None:
    run = train(tmp_path / "centre", faces, augment={"crop": 40}, precision="float32")
    assert run.manifest.input.crop == 40
    assert run.manifest.macs < train(tmp_path / "whole", faces).manifest.macs
    val = faces.split("val")
    with torch.inference_mode():
        logits = load(run)(Input.of(run.manifest.input).prepare(val.images)).numpy()
    assert (logits.argmax(1) == val.labels).mean() == pytest.approx(run.history()["val_accuracy"].iloc[-1])


def test_colour_faces_train_a_colour_network(tmp_path: Path) -> None:
    colour = tiny_faces("colour", colour=True, size=64, n=90, emotions=("angry", "happy", "sad"))
    run = train(tmp_path / "rgb", colour)
    assert (run.manifest.input.size, run.manifest.input.channels, run.manifest.input.crop) == (64, 3, 0)
    assert len(run.manifest.input.mean) == 3
    assert len(pd.read_csv(run.path / "history.csv")) == 1


class Killed(BaseException):
    """Stands for a power cut."""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory, faces: Faces) -> Run:
    """What the runs that are killed and resumed have to become."""
    return fit(parse(SHORT), faces, tmp_path_factory.mktemp("whole") / "run")


@pytest.mark.parametrize("step", ["weights", "state", "history"])
@pytest.mark.parametrize("epoch", [1, 3])
def test_a_run_killed_between_any_two_files_resumes_identically(
    tmp_path: Path, faces: Faces, uninterrupted: Run, monkeypatch: pytest.MonkeyPatch, step: str, epoch: int
) -> None:
    names = {"weights": (loop, "save"), "state": (checkpoint, "store"), "history": (checkpoint, "_report")}
    module, name = names[step]
    real, calls = getattr(module, name), []

    def cut(*args: object) -> None:
        calls.append(name)
        if len(calls) == epoch:
            raise Killed
        real(*args)

    monkeypatch.setattr(module, name, cut)
    with pytest.raises(Killed):
        fit(parse(SHORT), faces, tmp_path / "cut")
    monkeypatch.setattr(module, name, real)
    run = fit(parse(SHORT), faces, tmp_path / "cut", resumed=True)
    assert run.weights.read_bytes() == uninterrupted.weights.read_bytes()
    assert run.manifest.epochs_done == 3 and run.manifest.status == "finished"
    pd.testing.assert_frame_equal(
        run.history()[["epoch", "train_loss"]], uninterrupted.history()[["epoch", "train_loss"]]
    )
