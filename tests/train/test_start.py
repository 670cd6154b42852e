"""Training that starts from a finished run: its weights, its head by the classes' names, and what cannot be started
from."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.experiments.crossval import crossval
from ferkit.models import build, inherit, load
from ferkit.runs import Run, open_run
from ferkit.train.config import parse
from ferkit.train.fit import fit
from tests.worlds import World, tiny_faces

SMALL = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1, "precision": "float32"}


@pytest.fixture
def faces() -> Faces:
    return tiny_faces()


@pytest.fixture
def first(tmp_path: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    return fit(parse(SMALL), faces, tmp_path / "first", origin={"recipe": "quick"})


def test_a_run_starts_from_anothers_weights(first: Run, tmp_path: Path, faces: Faces) -> None:
    crawling = parse(SMALL | {"start": "first", "lr": 1e-9, "weight_decay": 0, "ema": 0, "seed": 5})
    second = fit(crawling, faces, tmp_path / "second", origin={"recipe": "quick"})
    parameters, theirs = dict(load(second).named_parameters()), dict(load(first).named_parameters())
    assert all(torch.allclose(parameters[name], theirs[name], atol=1e-6) for name in parameters)
    assert open_run("second").manifest.config["start"] == "first"


def test_the_head_goes_by_the_names_of_the_classes(first: Run) -> None:
    classes = ("bored", *reversed(first.classes[2:]))
    torch.manual_seed(1)
    model = build("base-cnn", len(classes), 1, filters=4).eval()
    fresh = model.head.weight[0].clone()
    inherit(model, first, classes)
    x = torch.randn(3, 1, 48, 48)
    torch.testing.assert_close(model(x)[:, 1:], load(first)(x)[:, 2:].flip(1))
    assert torch.equal(model.head.weight[0], fresh)


def test_squeeze_and_excitation_may_be_left_behind(tmp_path: Path, faces: Faces) -> None:
    small = {"stem": 4, "widths": [4], "blocks": 1}
    settings = SMALL | {"model": "compact-resnet", "model_args": small}
    attentive = fit(parse(settings), faces, tmp_path / "attentive")
    plain = build("compact-resnet", 7, 1, **small, reduction=0)
    inherit(plain, attentive, attentive.classes)
    theirs = load(attentive).state_dict()
    assert all(torch.equal(value, theirs[key]) for key, value in plain.state_dict().items())
    with pytest.raises(RunError, match="is another network"):
        inherit(build("compact-resnet", 7, 1, **small | {"widths": [8]}, reduction=0), attentive, attentive.classes)


@pytest.mark.parametrize(
    ("args", "channels"), [({"filters": 8}, 1), ({"filters": 4, "depth": 2}, 1), ({"filters": 4}, 3)]
)
def test_another_network_is_refused(first: Run, args: dict, channels: int) -> None:
    with pytest.raises(RunError, match=r"first is another network .*base-cnn with {'filters': 4} for gray faces"):
        inherit(build("base-cnn", 7, channels, **args), first, first.classes)


def test_what_it_cannot_start_from_is_reported_before_anything_is_lost(
    first: Run, tmp_path: Path, faces: Faces
) -> None:
    kept = first.weights.read_bytes()
    for settings, message in (
        ({"start": "first", "pretrained": True}, "not from both"),
        ({"start": "nobody"}, "nobody"),
    ):
        with pytest.raises((ConfigError, RunError), match=message):
            fit(parse(SMALL | settings), faces, first.path)
    assert first.weights.read_bytes() == kept


def test_folds_are_not_scored_by_teachers_that_saw_them(first: Run, tmp_path: Path, faces: Faces) -> None:
    for settings in ({"start": "first"}, {"teacher": "first"}):
        with pytest.raises(ConfigError, match="first has learned from the faces"):
            crossval(parse(SMALL | settings), faces, tmp_path / "folded", 3)
    others = replace(faces, name="others", fingerprint="")
    crossval(parse(SMALL | {"start": "first"}), others, tmp_path / "folded", 2)
    assert open_run("folded").manifest.config["start"] == "first"


def test_ones_own_faces_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    World(tmp_path).enter(monkeypatch)
    store.save(tiny_faces())
    store.save(tiny_faces("mine", emotions=("happy", "sad", "fear")))
    small = [word for pair in ("epochs=1", "batch=32", "warmup=0", "model_args.filters=4") for word in ("--set", pair)]
    quick = ["train", "--recipe", "quick", "--data"]
    first = CliRunner().invoke(command, [*quick, "tiny", "--name", "first", "--no-evaluate", *small])
    assert first.exit_code == 0, first.output
    result = CliRunner().invoke(
        command, [*quick, "mine", "--name", "tuned", *small, "--set", "start=first", "--set", "freeze_epochs=1"]
    )
    assert result.exit_code == 0, result.output
    assert set(open_run("tuned").classes) == {"happy", "sad", "fear"}
    refused = CliRunner().invoke(command, [*quick, "mine", "--name", "other", *small, "--set", "start=absent"])
    assert refused.exit_code == 2 and "absent" in refused.output and not (tmp_path / "checkpoints" / "other").exists()
