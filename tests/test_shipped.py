"""The runs that come with a clone: their recipes make them, and their predictions and weights are what run.json says of
them."""

from typing import Any

import pandas as pd
import pytest

from ferkit import metrics
from ferkit.models import count_parameters, load
from ferkit.runs import Run, open_folder, open_run
from ferkit.train.config import from_recipe, recipes
from tests.worlds import ROOT

CHECKPOINTS = ROOT / "checkpoints"
SHIPPED = [name for name in recipes() if (CHECKPOINTS / name / "run.json").is_file()]
COMPACT = ("compact", "compact-wild", "compact-light", "compact-votes", "compact-resnet")
LIMITS = dict.fromkeys(COMPACT, 500_000) | dict.fromkeys(("compact-tiny", "compact-tiny-light"), 100_000)  # parameters


@pytest.fixture(params=SHIPPED)
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(CHECKPOINTS))
    return open_run(request.param)


def differing(settings: dict[str, Any], recipe: dict[str, Any]) -> dict[str, Any]:
    """Settings of a run that its recipe sets otherwise; settings that came later than the run are not among them."""
    inner = {key: differing(value, recipe[key]) for key, value in settings.items() if isinstance(value, dict)}
    return {key: settings[key] for key in settings if (inner[key] if key in inner else settings[key] != recipe[key])}


def test_a_run_is_made_by_the_recipe_of_its_name(run: Run) -> None:
    config = from_recipe(run.name).as_dict()
    assert run.manifest.recipe == run.name and run.manifest.status == "finished"
    assert run.manifest.config.items() and differing(run.manifest.config | {"seed": config["seed"]}, config) == {}


def test_a_runs_predictions_give_its_scores(run: Run) -> None:
    predictions, scores = run.results().predictions("val"), run.results().scores["val"]
    matrix = metrics.confusion(predictions["label"].to_numpy(), run.results().logits("val").argmax(1), len(run.classes))
    assert scores.n == len(predictions)
    assert scores.accuracy == pytest.approx(float(metrics.accuracy(matrix)))
    assert scores.macro_f1 == pytest.approx(float(metrics.macro_f1(matrix)))
    seeds = {seed.seed: seed.accuracy for seed in run.manifest.seeds} or {run.manifest.seed: scores.accuracy}
    assert max(seeds.values()) == seeds[run.manifest.seed] == scores.accuracy


@pytest.mark.parametrize("name", sorted({*SHIPPED, *LIMITS}))
def test_a_runs_weights_have_the_parameters_of_its_manifest(name: str) -> None:
    run = open_folder(CHECKPOINTS / name)
    assert count_parameters(load(run)) == run.manifest.parameters < LIMITS.get(name, float("inf"))


def test_recipes_make_some_of_them() -> None:
    assert {"teacher", "compact-votes", "compact-resnet", "compact-mobilenetv2", "base-cnn", "lenet"} <= set(SHIPPED)


def test_the_stored_soft_labels_are_of_training_faces_and_mostly_agree_with_their_labels() -> None:
    table = pd.read_csv(CHECKPOINTS / "teacher" / "soft-labels.csv")
    splits, labels = table["id"].str.split("/").str[0], table["id"].str.split("/").str[1]
    probabilities = table.drop(columns="id")
    assert set(splits) == {"train"} and table["id"].is_unique
    assert probabilities.sum(axis=1).between(0.99, 1.01).all()
    assert (probabilities.idxmax(axis=1) == labels).mean() > 0.7
