"""The sidebar: datasets and runs to choose from, in a useful order, and what a choice does to the others."""

import shutil
from types import SimpleNamespace
from typing import Any

import pandas as pd

from dashboard import load, sidebar
from tests.pages.components import choice, choose


class Weights:
    def is_file(self) -> bool:
        return True


def run(dataset: str, **accuracies: float) -> Any:
    """A run trained on `dataset` and scored on val of these datasets."""
    scores = {name: {"val": SimpleNamespace(accuracy=value)} for name, value in accuracies.items()}
    return SimpleNamespace(
        dataset=dataset, weights=Weights(), datasets=lambda: list(scores),
        results=lambda data: SimpleNamespace(scores=scores.get(data, {}), splits=list(scores.get(data, {}))),
    )  # fmt: skip


RUNS = {"a": run("small", small=0.9), "b": run("big", big=0.5), "c": run("big", big=0.6), "d": run(load.DEMO)}


def test_the_dataset_that_most_runs_were_trained_on_comes_first_and_the_drawn_one_last() -> None:
    assert sidebar.datasets(RUNS) == ["big", "small", load.DEMO]


def test_every_run_is_offered_those_scored_on_the_dataset_first() -> None:
    assert sidebar.runs_on(RUNS, "big") == ["c", "b"]
    assert sidebar.runs_for(RUNS, "big") == ["c", "b", "a", "d"]
    assert sidebar.runs_for(RUNS, "new") == ["c", "b", "a", "d"]


def test_a_run_that_was_not_scored_on_the_dataset_can_be_chosen_and_says_how_to_score_it(
    app, gray_world, tmp_path
) -> None:
    world = type(gray_world)(tmp_path / "own")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    shutil.copyfile(world.data / "tiny.h5", world.data / "mine.h5")
    for page in ("failures", "overview", "embeddings", "explanations"):
        at = app(world, page, data="mine")
        assert not at.exception, page
        assert {text for _, text in choice(at, "run")["options"]} == {
            "alpha (not scored here)",
            "beta (not scored here)",
        }
        assert any("has not been scored on val of **mine**" in text.value for text in at.info), page
    assert choice(at, "base")["options"] == [["", "none"]]


def test_de_duplicated_holds_on_every_page(gray_world, app) -> None:
    leaked = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")["leaked"]
    assert 0 < leaked.sum() < len(leaked)
    at = app(gray_world, "failures", run="alpha", all="1")
    assert choice(at, "dedup")["value"] is False
    choose(at, dedup="1")
    counted = f"{(~leaked).sum()} faces"
    assert any(counted in text.value for text in at.markdown), [text.value for text in at.markdown]
    assert choice(app(gray_world, "overview", run="alpha", dedup="1"), "dedup")["value"] is True
