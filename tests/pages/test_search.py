"""Search: nothing yet, a study with finished, pruned and failed trials, and its charts."""

import json
import shutil

import optuna
import pytest

from dashboard.charts import search as charts
from ferkit.experiments import study
from ferkit.experiments.study import Search, Trial
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


def test_a_study_tells_its_best_trial(searched: World, app) -> None:
    at = app(searched, "search")
    assert not at.exception
    assert any("Trial 0 is best: 60.0% macro-F1 on val" in one.value for one in at.markdown)
    assert any("4 finished, 1 pruned" in one.value for one in at.caption)
    assert len(at.get("plotly_chart")) == 4
    settings = at.dataframe[0].value
    assert settings.set_index("setting")["value"].to_dict() == {"lr": "0.1", "optimizer": "sgd"}


def test_a_broken_study_is_a_sentence(searched: World, app) -> None:
    (searched.checkpoints / ".studies" / "s.db").write_bytes(b"no database" * 100)
    at = app(searched, "search")
    assert not at.exception and "cannot be used" in at.error[0].value


def test_a_study_moves_with_its_folder_and_looking_changes_nothing(searched: World, app, tmp_path) -> None:
    moved = World(tmp_path / "moved")
    shutil.copytree(searched.checkpoints, moved.checkpoints, dirs_exist_ok=True)
    before = {path.name: path.read_bytes() for path in (moved.checkpoints / ".studies").iterdir()}
    shutil.rmtree(searched.checkpoints)
    at = app(moved, "search")
    assert not at.exception and any("4 finished" in one.value for one in at.caption)
    assert {path.name: path.read_bytes() for path in (moved.checkpoints / ".studies").iterdir()} == before
    assert str(searched.checkpoints).encode() not in b"".join(before.values())


def trial(number: int, state: str, value: float | None, **params: object) -> Trial:
    return Trial(number, state, value, params, {1: 0.1, 2: value or 0.15}, 1.0, "w")


def test_charts_tell_best_so_far_and_pruned_apart() -> None:
    trials = [
        trial(0, "complete", 0.5, lr=0.1),
        trial(1, "pruned", None, lr=0.2),
        trial(2, "complete", 0.4, lr=0.001),
        trial(3, "complete", 0.7, lr=0.01),
    ]
    pruned, done, best = charts.history(trials, "accuracy").data
    assert list(pruned.x) == [1] and list(pruned.y) == [15]
    assert list(done.x) == [0, 2, 3] and list(best.y) == [50, 50, 70]
    widths = {line.name: line.line.width for line in charts.curves(trials, "accuracy").data}
    assert max(widths, key=widths.get) == "trial 3"


def test_parallel_axes_are_logarithms_where_ranges_are_wide_and_words_where_there_are_words() -> None:
    trials = [
        trial(0, "complete", 0.5, lr=0.1, opt="sgd", deep=True),
        trial(1, "complete", 0.4, lr=0.001, opt="adam", deep=False),
    ]
    lr, opt, deep, value = charts.parallel(trials, "accuracy").data[0].dimensions
    assert list(lr["values"]) == pytest.approx([-1, -3]) and list(lr.ticktext) == ["0.001", "0.01", "0.1"]
    assert (
        list(opt.ticktext) == ["adam", "sgd"]
        and list(opt["values"]) == [1, 0]
        and list(deep.ticktext) == ["False", "True"]
    )
    assert list(value["values"]) == [50, 40]
    inside = (
        charts.parallel([trial(0, "complete", 0.5, **{"model_args.spatial_dropout": 0.1})], "F1").data[0].dimensions
    )
    assert [one.label for one in inside] == ["spatial dropout", "F1"]
    assert (
        json.loads(charts.parallel(trials, "accuracy", ["opt"]).to_json())["data"][0]["dimensions"][0]["label"] == "opt"
    )
