"""A run trained again: the same weights on this machine; another first run is told apart."""

import re

import pytest
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from ferkit import runs
from ferkit.cli import app
from ferkit.data import store
from ferkit.errors import RunError
from ferkit.experiments.reproduce import check, compared
from tests.worlds import World


@pytest.fixture
def world(gray_world: World, tmp_path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = gray_world.copy(tmp_path / "copy")
    world.enter(monkeypatch)
    return world


def test_a_run_is_trained_again_with_the_same_weights(world: World) -> None:
    said = CliRunner().invoke(app, ["reproduce", "beta"])
    assert said.exit_code == 0, said.output
    output = " ".join(said.output.split())
    assert re.search(r"has the weights of beta, bit for bit\.|differ from those of beta by at most \S+e-\d\d\.", output)
    assert "All 24 val faces are predicted the same." in output
    again = CliRunner().invoke(app, ["reproduce", "beta"])
    assert again.exit_code == 2 and "beta-again" in again.output, "a run that is there is not replaced"


def test_how_far_another_strays_is_measured(world: World) -> None:
    run = runs.open_run("beta")
    state = load_file(run.weights)
    key = next(iter(state))
    state[key][0] += 0.25
    path = run.path.with_name("other")
    path.mkdir()
    for name in ("run.json", "val.parquet"):
        (path / name).write_bytes((run.path / name).read_bytes())
    save_file(state, path / "model.safetensors")
    found = compared(run, runs.open_run("other"))
    assert found.difference == pytest.approx(0.25) and found.changed == 0
    assert "differ from those of beta by at most 0.25" in found.sentence


def test_predictions_that_differ_are_counted_with_an_interval(world: World) -> None:
    found = compared(runs.open_run("alpha"), runs.open_run("beta"))
    logits = [runs.open_run(name).results().logits("val").argmax(1) for name in ("alpha", "beta")]
    assert found.difference == float("inf") and found.changed == (logits[0] != logits[1]).sum() > 0
    assert "points [" in found.sentence and found.score is not None


def test_other_faces_and_combined_runs_are_refused(world: World) -> None:
    run = runs.open_run("beta")
    faces = store.load("tiny")
    with pytest.raises(RunError, match="Expected the faces beta was trained on"):
        check(run.update(data=run.manifest.data.model_copy(update={"fingerprint": "other"})), faces)
    with pytest.raises(RunError, match="made of other runs"):
        check(run.update(config={"members": ["a", "b"]}), faces)
