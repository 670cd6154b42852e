"""A run with class offsets in its weights: the old logits plus offsets, everywhere, and a manifest that says so."""

import json
from collections.abc import Callable

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate.calibration import fit
from ferkit.evaluate.evaluation import evaluate
from ferkit.evaluate.logit_adjustment import prior, stored_offsets
from ferkit.evaluate.protocol import fitted_offsets, offsets_sentence
from ferkit.experiments.class_offsets import with_offsets
from ferkit.experiments.ensemble import join
from ferkit.models import load
from ferkit.predict.classifier import Classifier
from ferkit.report.reproduce import command as reproduced_by
from ferkit.runs import ClassOffsets, HeldOut, Run, SeedScores, open_folder, open_run
from tests.untrained import CLASSES
from tests.worlds import ROOT

OFFSETS = {"angry": 0.7, "happy": -0.5, "sad": -0.2}


def fitted(run: str = "tiny", **changes: object) -> ClassOffsets:
    scores = HeldOut(
        folds=5, accuracy=0.693, macro_f1=0.668, balanced_accuracy=0.66, g_mean=0.65, ece=0.02, nll=0.9,
        recall=dict.fromkeys(CLASSES, 0.5),
    )  # fmt: skip
    values = {"run": run, "cost": 0.002, "offsets": OFFSETS, "held_out": scores, "without": scores}
    return ClassOffsets(**values | changes)


def test_its_logits_are_the_old_ones_plus_the_offsets(run: Run, faces: Faces) -> None:
    moved = with_offsets(run, "fair", fitted())
    before, after = (Classifier.open(one).logits(faces.images) for one in (run, moved))
    np.testing.assert_allclose(after, before + np.array(list(OFFSETS.values())), atol=1e-5)
    old, new = load(run).state_dict(), load(open_run("fair")).state_dict()
    assert [key for key in old if not torch.equal(old[key], new[key])] == ["head.bias"]


def test_an_export_of_it_answers_the_same(run: Run, faces: Faces) -> None:
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    from ferkit.deploy.export import export
    from ferkit.deploy.session import Session

    moved = with_offsets(run, "fair", fitted())
    stored = export(moved, None, ["onnx"])
    expected = Classifier.open(run).logits(faces.images[:20]) + np.array(list(OFFSETS.values()))
    found = Session.open(moved.path / stored.formats["onnx"].file).logits(faces.images[:20])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_the_manifest_says_what_it_is(run: Run, faces: Faces) -> None:
    (run.path / "history.csv").write_text("epoch\n1\n")
    run = evaluate(run, faces, "val", maps=False) and open_run("tiny")
    with_offsets(run, "fair", fitted())
    moved = open_run("fair")
    manifest = moved.manifest
    assert manifest.calibration == fitted() and not manifest.scores and manifest.config == run.manifest.config
    assert manifest.selection.endswith("class offsets fitted on val") and manifest.temperature == 1.0
    assert (moved.path / "history.csv").read_text() == "epoch\n1\n" and not (moved.path / "val.parquet").exists()
    assert fitted_offsets(moved, "val") == fitted()
    assert fitted_offsets(moved, "test") is fitted_offsets(moved, "val", "others") is fitted_offsets(run, "val") is None
    sentence = "Its weights include class offsets fitted on val; held out, over 5 folds: 69.3%, macro-F1 0.668."
    assert offsets_sentence(fitted()) == sentence
    assert reproduced_by(moved) == "python -m ferkit calibrate tiny --store fair --cost 0.002 --folds 5 --seed 0"
    adjusted = moved.update(calibration=fitted(tau=0.3), recipe="average")
    assert "include a logit adjustment of τ = 0.3 fitted on val" in offsets_sentence(fitted(tau=0.3))
    assert reproduced_by(adjusted).startswith("python -m ferkit calibrate tiny --store fair --logit-adjustment --cost")


def test_the_scores_of_seeds_without_offsets_are_kept_and_not_compared(run: Run) -> None:
    seeds = tuple(
        SeedScores(run=f"tiny-{i}", seed=i, accuracy=0.6, macro_f1=0.5, balanced_accuracy=0.5, ece=0.1)
        for i in range(3)
    )
    run = run.update(seeds=seeds)
    moved = with_offsets(run, "fair", fitted()).manifest
    assert run.manifest.comparable_seeds == moved.seeds == seeds and moved.comparable_seeds == ()


def test_seeds_that_all_have_offsets_are_compared() -> None:
    fair = open_folder(ROOT / "checkpoints" / "compact").manifest
    assert fair.calibration and len(fair.seeds) == 3
    assert fair.comparable_seeds == fair.seeds


def test_it_takes_the_place_of_its_run_only_by_force(run: Run, faces: Faces) -> None:
    before = Classifier.open(run).logits(faces.images)
    with pytest.raises(RunError, match="--force"):
        with_offsets(run, "tiny", fitted())
    replaced = with_offsets(run, "tiny", fitted(), force=True)
    difference = Classifier.open(replaced).logits(faces.images) - before
    np.testing.assert_allclose(difference, np.tile(list(OFFSETS.values()), (len(before), 1)), atol=1e-5)
    assert reproduced_by(replaced).endswith("--force")


def test_new_offsets_take_the_place_of_old_ones(run: Run, faces: Faces) -> None:
    before = Classifier.open(run).logits(faces.images)
    moved = with_offsets(run, "fair", fitted())
    assert stored_offsets(moved, CLASSES).tolist() == list(OFFSETS.values()) and not stored_offsets(run, CLASSES).any()
    other = {"angry": 0.1, "happy": 0.2, "sad": -0.3}
    again = with_offsets(moved, "again", fitted("fair", offsets=other, tau=0.3))
    difference = Classifier.open(again).logits(faces.images) - before
    np.testing.assert_allclose(difference, np.tile(list(other.values()), (len(before), 1)), atol=1e-5)
    assert again.manifest.selection.count("fitted on val") == 1
    assert again.manifest.selection.endswith("a logit adjustment of τ = 0.3 fitted on val")


def test_what_has_no_head_or_no_end_is_refused(run: Run, faces: Faces, make_run: Callable[..., Run]) -> None:
    both = join([run, make_run(faces, "other")], "both")
    with pytest.raises(RunError, match="is an ensemble without a head"):
        with_offsets(both, "fair", fitted())
    with pytest.raises(RunError, match="still being trained"):
        with_offsets(run.update(status="training"), "fair", fitted())
    assert not (run.path.parent / "fair").exists()


@pytest.mark.parametrize("offsets", [{"angry": 0.0}, OFFSETS | {"fear": 0.0}, OFFSETS | {"sad": float("nan")}])
def test_offsets_of_other_classes_are_no_manifest(run: Run, offsets: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"exactly the classes|finite"):
        run.manifest.replace(calibration=fitted(offsets=offsets))


def test_at_the_command_line_it_is_stored_and_scored(gray_world, tmp_path, monkeypatch) -> None:
    gray_world.copy(tmp_path / "world").enter(monkeypatch)
    line = ["calibrate", "alpha", "--store", "fair", "--no-map", "--json", "--cost", "0.1"]
    result = CliRunner().invoke(command, line)
    assert result.exit_code == 0, result.output
    plain, _, offsets = json.loads(result.stdout)["calibrations"]
    moved = open_run("fair")
    stored, true = moved.manifest.calibration, moved.results().predictions("val")["label"].to_numpy()
    assert stored is not None and stored.run == "alpha" and stored.cost == 0.1
    assert stored.offsets == offsets["offsets"] and stored.held_out.accuracy == offsets["accuracy"]
    assert stored.without.macro_f1 == plain["macro_f1"] and stored.held_out.recall == offsets["recall"]
    before = open_run("alpha").results().logits("val")
    expected = before + np.array(list(stored.offsets.values()))
    np.testing.assert_allclose(moved.results().logits("val"), expected, atol=1e-5)
    assert moved.manifest.scores["val"].n == len(store.load("tiny").split("val")) == len(true)
    assert np.mean(expected.argmax(1) == true) >= np.mean(before.argmax(1) == true) - 0.1 - 1e-9
    refused = CliRunner().invoke(command, ["calibrate", "alpha", "--store", "beta"])
    assert refused.exit_code == 2 and "already" in refused.output
    table = CliRunner().invoke(command, ["calibrate", "alpha"], env={"COLUMNS": "200"})
    assert table.exit_code == 0 and "temperature and class offsets" in table.output and "g_mean" in table.output
    again = CliRunner().invoke(command, ["calibrate", "fair", "--json", "--cost", "0.1"])
    assert again.exit_code == 0, again.output
    for first, second in zip(
        json.loads(result.stdout)["calibrations"], json.loads(again.stdout)["calibrations"], strict=True
    ):
        assert second["accuracy"] == first["accuracy"] and second["ece"] == pytest.approx(first["ece"], abs=1e-4)


def test_a_logit_adjustment_is_stored_as_offsets(gray_world, tmp_path, monkeypatch) -> None:
    gray_world.copy(tmp_path / "world").enter(monkeypatch)
    line = ["calibrate", "alpha", "--store", "adjusted", "--logit-adjustment", "--no-map", "--cost", "0.1", "--json"]
    refused = CliRunner().invoke(command, line)  # all classes were equally frequent
    assert refused.exit_code == 2 and "nothing to store" in refused.output
    nowhere = CliRunner().invoke(command, ["calibrate", "alpha", "--logit-adjustment"])
    assert nowhere.exit_code == 2 and "--store NAME" in nowhere.output
    alpha = open_run("alpha")
    true, logits = alpha.results().predictions("val")["label"].to_numpy(), alpha.results().logits("val")
    for rare in alpha.classes:  # the first one that finds more of its faces when it is lifted
        counts = {label: 1 if label == rare else 1000 for label in alpha.classes}
        if fit(logits, true, prior(counts, alpha.classes), largest_cost=0.1).tau:
            break
    alpha.update(data=alpha.manifest.data.model_copy(update={"counts": {"train": counts}}))
    result = CliRunner().invoke(command, line)
    assert result.exit_code == 0, result.output
    _, fitted_tau, _ = json.loads(result.stdout)["calibrations"]
    stored, logs = open_run("adjusted").manifest.calibration, np.log(prior(counts, alpha.classes))
    assert stored is not None and 0 < stored.tau == fitted_tau["tau"]
    np.testing.assert_allclose(list(stored.offsets.values()), stored.tau * (logs.mean() - logs), atol=1e-9)
    assert stored.held_out.macro_f1 == fitted_tau["macro_f1"]
