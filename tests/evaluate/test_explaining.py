"""What `explain` measures, stores and reads back."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ferkit.cli.explain import explain
from ferkit.data import store
from ferkit.errors import DataError, RunError
from ferkit.evaluate.explaining import draw_sample, explain_run
from ferkit.explain.evidence import EVIDENCE
from ferkit.explain.face_regions import REGIONS
from ferkit.explain.methods import METHODS
from ferkit.explain.stored import GROUPS, Record, read_evidence, read_record
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_run
from tests.untrained import noise, untrained
from tests.worlds import World


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Record]:
    """`beta`, an untrained network, explained on two faces of each of three classes."""
    world = World(tmp_path_factory.mktemp("explained"))
    patch = pytest.MonkeyPatch()
    world.enter(patch)
    try:
        faces = noise("tiny")
        store.save(faces)
        record = explain_run(untrained(faces, "beta"), faces, "val", per_class=2, per_method=4)
    finally:
        patch.undo()
    return world, record


def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    world.enter(monkeypatch)
    return open_run("beta")


def test_the_record_holds_what_was_asked_for(explained: tuple[World, Record]) -> None:
    _, record = explained
    assert (record.run, record.data, record.split) == ("beta", "tiny", "val")
    assert record.n == 6 and record.faces_per_method == 4
    assert set(record.mean_pairwise_correlation) == {"gradcam", "contrastive"}
    assert set(record.methods) == set(METHODS) - {"attention-rollout"}
    assert set(record.baselines) == {"random", "centre"}
    assert set(record.ranking) == set(record.methods) | set(record.baselines)
    for shares in record.regions.values():
        assert set(shares) == set(REGIONS)
        values = [share for share in shares.values() if share is not None]
        assert not values or sum(values) == pytest.approx(1, abs=0.01)
    assert record.baselines["centre"].over_centre[0] == 0
    assert all(score.sentence.startswith("For this run") for score in record.methods.values())


def test_both_files_are_read_back(explained: tuple[World, Record], monkeypatch: pytest.MonkeyPatch) -> None:
    world, record = explained
    run = opened(world, monkeypatch)
    assert read_record(run.path, "val", run.classes) == record
    evidence = read_evidence(run.path, "val", len(run.classes))
    assert record.n == 6 and record.shown in EVIDENCE
    assert evidence["own"].shape[:2] == evidence["contrast"].shape[:2] == evidence["n"].shape == (len(GROUPS), 3)
    assert len(evidence["ids"]) == record.n and set(evidence["ids"]) <= set(store.load("tiny").ids)
    assert (evidence["n"][:2].sum(1) == record.n).all()
    assert (evidence["n"][1] == evidence["n"][2] + evidence["n"][4]).all(), "right and wrong make up each label"
    assert evidence["masks"].shape == (len(REGIONS), 16, 16)


def test_the_same_seed_draws_the_same_faces(explained: tuple[World, Record], monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = explained
    run, part = opened(world, monkeypatch), store.load("tiny").split("val")
    classifier = Classifier.open(run)
    drawn = [draw_sample(run, classifier, part, 2, seed).ids.tolist() for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] == read_evidence(run.path, "val", 3)["ids"].tolist()


def broken(folder: Path, change: dict) -> None:
    evidence = dict(np.load(folder / "val-evidence.npz"))
    np.savez(folder / "val-evidence.npz", **{**evidence, **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"label": np.full(3, 9)}, "ids|label"),
        ({"own": np.full((5, 3, 4, 4), np.nan)}, "finite"),
        ({"contrast": np.zeros((2, 4, 4))}, "shape"),
        ({"n": np.full((5, 3), -1)}, "n has another shape"),
        ({"cell": np.array([[0, 7, 9]]), "cells": np.zeros((1, 4, 4))}, "a class that the run lacks"),
        ({"shares_true": np.full((1, 7), 2.0)}, "shape"),
        ({"masks": np.zeros((7, 4, 4))}, "masks"),
        ({"ids": np.array([{}], dtype=object)}, "pickle|Object"),
    ],
)
def test_broken_evidence_is_one_sentence(
    explained: tuple[World, Record], tmp_path: Path, change: dict, reason: str
) -> None:
    world, _ = explained
    shutil.copytree(world.checkpoints / "beta", tmp_path / "beta")
    broken(tmp_path / "beta", change)
    with pytest.raises(RunError, match=rf"beta/val-evidence.npz cannot be used: .*({reason}).* explain RUN"):
        read_evidence(tmp_path / "beta", "val", 3)


def test_a_broken_record_is_one_sentence(explained: tuple[World, Record], tmp_path: Path) -> None:
    _, record = explained
    stored = record.model_dump(mode="json")
    for change, reason in (({"n": -1}, "n"), ({"methods": {"gradcam": {}}}, "methods"), ({"split": "../x"}, "split")):
        (tmp_path / "val-explain.json").write_text(json.dumps({**stored, **change}))
        with pytest.raises(RunError, match=rf"val-explain.json cannot be used: .*{reason}"):
            read_record(tmp_path, "val", tuple(record.regions))
    (tmp_path / "val-explain.json").write_text(json.dumps(stored))
    with pytest.raises(RunError, match="other classes"):
        read_record(tmp_path, "val", ("a", "b"))
    for read in (lambda: read_record(tmp_path, "test", ("a",)), lambda: read_evidence(tmp_path, "test", 1)):
        with pytest.raises(RunError, match=r"There is no .*ferkit explain RUN"):
            read()


def test_a_split_that_is_not_there(explained: tuple[World, Record], monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = explained
    with pytest.raises(DataError, match="split"):
        explain_run(opened(world, monkeypatch), store.load("tiny"), "other")


def test_stored_explanations_are_read_without_torch() -> None:
    code = "import sys, ferkit.explain.stored, ferkit.explain.region_shares, ferkit.explain.face_regions;"
    code += "print([m for m in ('torch', 'captum', 'scipy', 'sklearn') if m in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"


def test_the_command_prints_one_object(
    explained: tuple[World, Record], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world, record = explained
    world.enter(monkeypatch)
    monkeypatch.setattr("ferkit.evaluate.explaining.explain_run", lambda *parts, **options: record)
    explain("beta", "tiny", "val", as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert {"run", "split", "n", "mean_pairwise_correlation", "methods", "baselines", "regions"} <= set(printed)
    wanted = {"deletion_auc", "insertion_auc", "road", "randomisation_correlation", "ms_per_face"}
    assert all(wanted <= set(score) for score in (*printed["methods"].values(), *printed["baselines"].values()))
    explain("beta", "tiny", "val")
    shown = capsys.readouterr().out
    assert "integrated-gradients" in shown and "cheeks" in shown and record.summary[:40] in shown
