"""What evaluating leaves in a run folder."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file, save_file

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import DataError, FerkitError, RunError
from ferkit.evaluate import maps, storing
from ferkit.evaluate.evaluation import evaluate
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, hashes, open_run, pixel_hashes


@pytest.fixture
def plain_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """PCA in place of the whole layout: compiling UMAP takes seconds and is tested elsewhere."""

    def flat(features: np.ndarray, seed: int, *rest: object) -> pd.DataFrame:
        xy = features[:, :2].astype(np.float32)
        return pd.DataFrame({"umap_x": xy[:, 0], "umap_y": xy[:, 1], "pca_x": xy[:, 0], "pca_y": xy[:, 1]})

    monkeypatch.setattr(maps, "layouts", flat)


def everything(path: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in path.iterdir() if p.is_file()}


def change(run: Run, key: str, factor: float) -> None:
    weights = load_file(run.weights)
    save_file(weights | {key: weights[key] * np.float32(factor)}, run.weights)


def test_the_training_dataset_fills_the_run_folder(run: Run, faces: Faces, plain_layout: None) -> None:
    stages: list[str] = []
    scores = evaluate(run, faces, "val", progress=lambda stage, done, total: stages.append(stage))
    results, val = open_run("tiny").results(), faces.split("val")
    table = results.predictions("val")
    assert list(table.columns) == ["id", "label", "leaked", "logit angry", "logit happy", "logit sad"]
    assert table["id"].tolist() == val.ids.tolist()
    assert table["label"].tolist() == val.labels.tolist()
    assert table["leaked"].sum() == 1
    assert (table.dtypes[3:] == np.float32).all()
    assert results.features("val").shape == (30, 8)
    assert results.features("val").dtype == np.float16
    assert list(results.layout("val").columns) == ["id", "umap_x", "umap_y", "pca_x", "pca_y"]
    assert results.layout("val")["id"].tolist() == val.ids.tolist()
    assert set(stages) == {"faces", "map"}
    assert not list(run.path.rglob("*.partial"))
    stored = results.scores["val"]
    assert stored == scores
    assert stored.accuracy == (results.logits("val").argmax(1) == val.labels).mean()
    assert stored.dedup is not None
    assert (stored.n, stored.dedup.n) == (30, 29)
    json.dumps(scores.model_dump(mode="json"), allow_nan=False)


def test_mean_maps_are_counted(run: Run, faces: Faces, plain_layout: None) -> None:
    evaluate(run, faces, "val")
    cams, table = run.results().cams("val"), run.results().predictions("val")
    predicted = run.results().logits("val").argmax(1)
    right = predicted == table["label"]
    for name in ("right", "wrong", "predicted"):
        assert cams[name].shape == (3, 4, 4)
        assert 0 <= cams[name].min() <= cams[name].max() <= 1
    assert cams["right_n"].tolist() == np.bincount(table["label"][right], minlength=3).tolist()
    assert cams["wrong_n"].tolist() == np.bincount(table["label"][~right], minlength=3).tolist()
    assert cams["predicted_n"].tolist() == np.bincount(predicted, minlength=3).tolist()
    assert cams["faces"].shape == (3, 16, 16)


def test_twice_gives_the_same_files(run: Run, faces: Faces, plain_layout: None) -> None:
    evaluate(run, faces, "val")
    before = everything(run.path)
    evaluate(run, faces, "val")
    after = everything(run.path)
    assert {k: v for k, v in before.items() if k != "run.json"} == {k: v for k, v in after.items() if k != "run.json"}


def test_splits_are_stored_side_by_side(run: Run, faces: Faces) -> None:
    evaluate(run, faces, "train", maps=False)
    evaluate(run, faces, "all", maps=False)
    assert evaluate(run, faces, "val", maps=False).n == 30
    assert {split: scores.n for split, scores in open_run("tiny").results().scores.items()} == {
        "train": 60,
        "all": 90,
        "val": 30,
    }
    assert open_run("tiny").manifest.status == "finished"


def test_the_temperature_is_fitted_on_val_and_used_ever_after(run: Run, faces: Faces) -> None:
    before = evaluate(run, faces, "train", maps=False)
    assert (before.temperature, before.nll, before.ece) == (1.0, before.nll_uncalibrated, before.ece_uncalibrated)
    scores = evaluate(run, faces, "val", maps=False)
    kept = open_run(run.name)
    expected = metrics.fit_adaptive_temperature(
        kept.results().logits("val"), kept.results().predictions("val")["label"].to_numpy()
    )
    assert kept.temperature == kept.results().temperature == expected != metrics.UNCALIBRATED
    assert metrics.Temperature(scores.temperature, scores.temperature_slope) == expected
    classifier, images = Classifier.open(kept), faces.split("val").images
    np.testing.assert_allclose(classifier.probabilities(images), metrics.softmax(classifier.logits(images), expected))
    assert evaluate(kept, faces, "train", maps=False).temperature_slope == expected.slope


def test_scores_written_meanwhile_are_kept(run: Run, faces: Faces) -> None:
    other = open_run("tiny")
    evaluate(run, faces, "val", maps=False)
    evaluate(other, faces, "train", maps=False)
    assert set(open_run("tiny").results().scores) == {"train", "val"}


def test_another_dataset_in_another_order(run: Run, faces: Faces, make_faces: Callable[..., Faces]) -> None:
    """The same faces under another name, with fewer classes and in another order and case: the same logits, labels of
    the run."""
    keep = faces.labels != 1
    part = faces.select(keep)
    labels = np.where(part.labels == 0, 1, 0).astype(np.int16)
    foreign = replace(part, name="foreign", classes=("SAD", "Angry"), labels=labels, fingerprint="")
    evaluate(run, faces, "all", maps=False)
    evaluate(run, foreign, "all", maps=False)
    native, other = run.results().predictions("all"), run.results("foreign").predictions("all")
    assert other["label"].tolist() == native["label"][keep].tolist()
    np.testing.assert_allclose(run.results("foreign").logits("all"), run.results().logits("all")[keep], atol=1e-5)
    scores = run.results("foreign").scores["all"]
    assert (scores.data, scores.fingerprint, scores.n) == ("foreign", foreign.fingerprint, keep.sum())
    assert scores.per_class["happy"].support == 0
    assert (run.path / "on-foreign" / "all.parquet").is_file()
    assert open_run("tiny").datasets() == ["noise", "foreign"]
    assert list(open_run("tiny").results().scores) == ["all"]


def test_a_dataset_of_another_size_and_in_colour(run: Run, make_faces: Callable[..., Faces]) -> None:
    assert evaluate(run, make_faces("colour", size=24, colour=True), "val", maps=False).n == 30
    assert run.results("colour").cams("val")["faces"].shape == (3, 24, 24, 3)


def test_results_on_a_dataset_replaced_meanwhile_are_set_aside(run: Run, make_faces: Callable[..., Faces]) -> None:
    before = evaluate(run, make_faces("other"), "train", maps=False).fingerprint
    evaluate(run, make_faces("other", seed=1), "val", maps=False)
    assert list(run.results("other").scores) == ["val"]
    assert not run.results("other").has("train", ".parquet")
    assert run.results("other").has("val", ".parquet")
    assert run.results(f"other-{before[:8]}").has("train", ".parquet")


def test_classes_that_the_run_does_not_have_are_left_out_and_counted(
    run: Run, make_faces: Callable[..., Faces]
) -> None:
    other = make_faces("other", classes=("happy", "bored", "SAD"))
    val = other.split("val")
    scores = evaluate(run, other, "val", maps=False)
    bored = int((val.labels == 1).sum())
    assert bored and scores.left_out == {"bored": bored} and scores.n == 30 - bored
    assert open_run("tiny").results("other").scores["val"].left_out == {"bored": bored}
    table = run.results("other").predictions("val")
    assert table["id"].tolist() == val.ids[val.labels != 1].tolist()
    assert set(table["label"]) == {1, 2}


def test_fewer_than_two_shared_classes_are_refused(run: Run, make_faces: Callable[..., Faces]) -> None:
    with pytest.raises(DataError, match="does not know bored; it knows angry, happy, sad"):
        evaluate(run, make_faces("other", classes=("happy", "bored")), "val")
    assert not (run.path / "on-other").exists()


def test_other_faces_under_the_training_datasets_name_are_refused(run: Run, make_faces: Callable[..., Faces]) -> None:
    with pytest.raises(DataError, match=r"fingerprint.*another name"):
        evaluate(run, make_faces(seed=1), "val")
    assert open_run("tiny").results().scores == {}


@pytest.mark.parametrize(
    ("split", "message"), [("test", "no 'test' split"), ("nose", "Splits are train, val, test and all; got 'nose'")]
)
def test_a_split_that_is_not_there(run: Run, faces: Faces, split: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        evaluate(run, faces, split)


def test_weights_that_give_no_number_are_refused(run: Run, faces: Faces) -> None:
    change(run, "head.weight", np.nan)
    with pytest.raises(RunError, match="not finite"):
        evaluate(run, faces, "val")


def test_a_full_disk_replaces_nothing(run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(run, faces, "val", maps=False)
    before = everything(run.path)

    def full(path: Path, **arrays: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(storing.np, "savez_compressed", full)
    change(run, "head.weight", 2.0)
    before["model.safetensors"] = run.weights.read_bytes()
    with pytest.raises(FerkitError, match=r"val-cams\.npz: No space left"):
        evaluate(run, faces, "val", maps=False)
    assert everything(run.path) == before
    assert not list(run.path.glob(".pending*"))


@pytest.mark.parametrize("moved", range(5))
def test_a_kill_between_two_files_is_made_good_when_the_run_is_opened(
    run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    evaluate(run, faces, "val", maps=False)
    change(run, "head.weight", 2.0)
    replace_file, calls = os.replace, []

    def killed(source: Path, target: Path) -> None:
        if Path(source).parent.name == ".pending":
            calls.append(target)
            if len(calls) > moved:
                raise SystemExit
        replace_file(source, target)

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", killed)
        if moved < 4:
            with pytest.raises(SystemExit):
                evaluate(run, faces, "val", maps=False)
        else:
            evaluate(run, faces, "val", maps=False)
    assert len(calls) == min(moved + 1, 4)
    reopened, labels = open_run("tiny"), faces.split("val").labels
    assert not list(run.path.glob(".pending*"))
    logits = reopened.results().logits("val")
    np.testing.assert_allclose(logits, Classifier.open(reopened).logits(faces.split("val").images), atol=1e-5)
    scores = reopened.results().scores["val"]
    assert scores.nll_uncalibrated == metrics.negative_log_likelihood(metrics.softmax(logits), labels)


def test_scores_come_before_the_map(run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(features: np.ndarray, seed: int, *rest: object) -> pd.DataFrame:
        raise KeyboardInterrupt

    monkeypatch.setattr(maps, "layouts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        evaluate(run, faces, "val")
    assert open_run("tiny").results().scores["val"].n == 30


def test_mirror_images_are_scored_as_numbers_apart(run: Run, faces: Faces) -> None:
    plain = evaluate(run, faces, "val", maps=False)
    before = everything(run.path)
    scores = evaluate(run, faces, "val", maps=False, flip=True)
    part, classifier = faces.split("val"), Classifier.open(run)
    both = classifier.logits(part.images) + classifier.logits(np.ascontiguousarray(part.images[:, :, ::-1]))
    assert scores.flip.accuracy == (both.argmax(1) == part.labels).mean()
    assert plain.flip is None and scores.accuracy == plain.accuracy
    assert {k: v for k, v in everything(run.path).items() if k != "run.json"} == {
        k: v for k, v in before.items() if k != "run.json"
    }


def test_copies_of_the_training_faces_are_leaked_under_any_name(
    run: Run, faces: Faces, make_faces: Callable[..., Faces]
) -> None:
    train = faces.split("train")
    copies = replace(
        train,
        name="copies",
        splits=np.full(len(train), "test"),
        groups=np.empty(0, np.int32),
        leaked=np.empty(0, bool),
        fingerprint="",
    )
    unknown = evaluate(run, copies, "test", maps=False)
    assert unknown.dedup is None and not run.results("copies").predictions("test")["leaked"].any()
    hashes.write(run.path, pixel_hashes(train.images))
    scores = evaluate(run, copies, "test", maps=False)
    assert scores.dedup is not None and (scores.n, scores.dedup.n) == (len(train), 0)
    assert run.results("copies").predictions("test")["leaked"].all()
    others = evaluate(run, make_faces("others", seed=7), "val", maps=False)
    assert others.dedup is not None and others.dedup.n == others.n


def test_the_training_dataset_is_scored_the_same_with_and_without_hashes(run: Run, faces: Faces) -> None:
    without = {split: evaluate(run, faces, split, maps=False).dedup for split in ("train", "val", "all")}
    hashes.write(run.path, pixel_hashes(faces.split("train").images))
    assert {split: evaluate(run, faces, split, maps=False).dedup for split in without} == without
    assert without["val"] is not None and without["val"].n == 29
