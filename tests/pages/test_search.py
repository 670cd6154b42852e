"""Search: nothing yet, a study with finished, pruned and failed trials, and its charts."""

import shutil

import optuna
import pytest

from ferkit.experiments import study
from ferkit.experiments.study import Search
from tests.pages.components import charts, control, press, rows
from tests.worlds import World


@pytest.fixture
def searched(gray_world: World, tmp_path, monkeypatch) -> World:
    """A world with one study, made without training."""
    world = World(tmp_path / "searched")
    world.enter(monkeypatch)
    about = Search("s", "base-cnn", "tiny", "f", "val_macro_f1", ())
    about.save()
    made = study.load(about)
    for lr, optimizer, value in (
        (0.1, "sgd", 0.6),
        (0.01, "adam", 0.5),
        (0.001, "sgd", 0.3),
        (0.05, "sgd", 0.55),
        (0.2, "adam", None),
    ):
        space = {
            "lr": optuna.distributions.FloatDistribution(1e-4, 1, log=True),
            "optimizer": optuna.distributions.CategoricalDistribution(["sgd", "adam"]),
        }
        state = optuna.trial.TrialState.COMPLETE if value else optuna.trial.TrialState.PRUNED
        made.add_trial(
            optuna.trial.create_trial(
                state=state, value=value or 0.2, params={"lr": lr, "optimizer": optimizer}, distributions=space,
                intermediate_values={1: 0.2, 2: value or 0.2}, user_attrs={"worker": "host:1"},
            )
        )  # fmt: skip
    return world


def test_without_a_search_it_says_how_to_start_one(empty_world: World, app) -> None:
    at = app(empty_world, "search")
    assert not at.exception and "python -m ferkit tune" in at.info[0].value


def test_a_study_shows_its_best_trial(searched: World, app) -> None:
    at = app(searched, "search")
    assert not at.exception
    assert any("Trial 0 is best: 0.600 macro-F1 on val" in text.value for text in at.markdown)
    assert any("4 finished, 1 pruned" in text.value for text in at.caption)
    assert charts(at) == ["Optimisation history", "Learning curves", "Hyperparameter importance"]
    assert not at.get("plotly_chart"), "plotly is loaded where it is asked for"
    assert len(press(at, "parallel", True).get("plotly_chart")) == 1
    settings = {row["Setting"]: row["Value"] for row in rows(at, "Settings")}
    assert settings == {"lr": "0.1", "optimizer": "sgd"}


def test_a_broken_study_gives_one_message(searched: World, app) -> None:
    (searched.checkpoints / ".studies" / "s.db").write_bytes(b"no database" * 100)
    at = app(searched, "search")
    assert not at.exception and "cannot be used" in at.error[0].value


def test_a_study_moves_with_its_folder_and_looking_changes_nothing(searched: World, app, tmp_path) -> None:
    moved = World(tmp_path / "moved")
    shutil.copytree(searched.checkpoints, moved.checkpoints, dirs_exist_ok=True)
    before = {path.name: path.read_bytes() for path in (moved.checkpoints / ".studies").iterdir()}
    shutil.rmtree(searched.checkpoints)
    at = app(moved, "search")
    assert not at.exception and any("4 finished" in text.value for text in at.caption)
    assert {path.name: path.read_bytes() for path in (moved.checkpoints / ".studies").iterdir()} == before
    assert str(searched.checkpoints).encode() not in b"".join(before.values())


def test_the_study_is_in_the_address(searched: World, app) -> None:
    other = Search("t", "lenet", "tiny", "f", "val_macro_f1", ())
    other.save()
    study.load(other)
    at = app(searched, "search", study="t")
    assert not at.exception and control(at, "study")["value"] == "t"
    assert any("`lenet` on tiny" in text.value for text in at.caption)
    press(at, "study", "s")
    assert "study" not in at.query_params, "the default is left out"
    press(at, "study", "t")
    assert at.query_params["study"] in ("t", ["t"])
