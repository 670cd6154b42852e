"""The ablation: what it trains, what it keeps, and the arithmetic of its table."""

import json
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats
from sklearn.metrics import f1_score

from ferkit.cli import app
from ferkit.data import store
from ferkit.experiments import ablation, ladder
from ferkit.experiments import plan as plans
from ferkit.experiments.ablation_table import compare, macro_f1_parts
from ferkit.experiments.plan import BASE, KEPT, WEIGHTS, Plan, finished, words
from ferkit.models import build, count_parameters
from ferkit.runs import LOGIT, Run
from ferkit.train.config import from_recipe
from tests.manifests import manifest, scores
from tests.worlds import ROOT, World, tiny_faces


@pytest.mark.parametrize("name", ["ablation", "screening"])
def test_every_row_of_the_plan_is_a_config_that_differs_from_the_base(name: str) -> None:
    plan = Plan.read(ROOT / "ferkit" / "experiments" / f"{name}.yaml")
    configs = {name: from_recipe(row.recipe, words(row.settings)) for name, row in plan.rows.items()}
    assert len({json.dumps(config.as_dict(), sort_keys=True) for config in configs.values()}) == len(configs)
    assert len(plan.seeds) >= 2 and len(plan.wanted()) == len(plan.seeds) * len(configs)


def test_screened_networks_are_of_one_size() -> None:
    plan = Plan.read(ROOT / "ferkit" / "experiments" / "screening.yaml")
    configs = {name: from_recipe(row.recipe, words(row.settings)) for name, row in plan.rows.items()}
    sizes = {name: count_parameters(build(config.model, 7, 1, **config.model_args)) for name, config in configs.items()}
    assert sizes[BASE] == 454_933 and all(config.epochs == 20 for config in configs.values())
    smaller = sizes.pop("without-se")
    assert 0.9 < smaller / sizes[BASE] < 1
    assert all(abs(size / sizes[BASE] - 1) <= 0.03 for size in sizes.values())


TURN = threading.Lock()


def in_this_process(*words: str) -> None:
    """A command that `plan` runs in a process of its own."""
    with TURN:
        app(list(words), standalone_mode=False)


@pytest.mark.parametrize("name", ["ablation", "screening"])
def test_the_page_is_made_from_the_runs_in_its_folder(name: str, tmp_path: Path) -> None:
    plan = Plan.read(ROOT / "ferkit" / "experiments" / f"{name}.yaml")
    trained = finished(plan, ROOT / "checkpoints" / name)
    assert trained.keys() == plan.rows.keys()
    assert sum(map(len, trained.values())) == len(plan.wanted())
    for row, trained_runs in trained.items():
        settings = from_recipe(plan.rows[row].recipe, words(plan.rows[row].settings)).as_dict()
        for run in trained_runs:
            stored = {key: value for key, value in run.manifest.config.items() if key != "seed"}
            stored["augment"] = settings["augment"] | stored["augment"]  # later settings are off
            assert stored == {key: settings[key] for key in stored}
    again = tmp_path / "again.md"
    ablation.main(["table", "--plan", name, "--out", str(ROOT / "checkpoints" / name), "--to", str(again)])
    assert again.read_text("utf-8") == (ROOT / "docs" / f"{name}.md").read_text("utf-8")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A small dataset `tiny` and no run."""
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(tiny_faces(size=16, n=70))
    return world


def test_missing_runs_are_trained_and_listed_in_a_table(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = plans._ferkit  # trains; only the evaluation stays here
    monkeypatch.setattr(plans, "_ferkit", lambda *words: (process if words[0] == "train" else in_this_process)(*words))
    plan, out = tmp_path / "plan.yaml", tmp_path / "table"
    rows = {
        BASE: {"what": "the base", "set": {"epochs": 1, "warmup": 0}},
        "plain": {"what": "no mirror", "set": {"augment.flip": 0}},
    }
    plan.write_text(yaml.safe_dump({"recipe": "quick", "data": "tiny", "seeds": [0], "rows": rows}, sort_keys=False))
    ablation.main(["train", "--plan", str(plan), "--out", str(out), "--jobs", "2"])
    assert {path.name for path in out.iterdir()} == {"base", "plain"}
    assert {path.name for path in (out / "base").iterdir()} == set(KEPT)
    flips = [
        json.loads((out / name / "run.json").read_text())["config"]["augment"]["flip"] for name in ("base", "plain")
    ]
    assert flips == [0.5, 0]
    before = (out / "base" / "run.json").stat().st_mtime_ns
    ablation.main(["train", "--plan", str(plan), "--out", str(out)])
    assert (out / "base" / "run.json").stat().st_mtime_ns == before
    ablation.main(["table", "--plan", str(plan), "--out", str(out), "--to", str(tmp_path / "table.md")])
    page = (tmp_path / "table.md").read_text()
    scores = json.loads((out / "plain" / "run.json").read_text())["scores"]["val"]
    (line,) = (line for line in page.splitlines() if line.startswith("| no mirror"))
    assert f"| {scores['accuracy']:.1%} |" in line and f"| {scores['macro_f1']:.3f} |" in line
    assert "augment.flip=0" in page


def test_runs_may_stay_among_the_others_with_light_weights(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "MOST", 1_000_000)  # bytes
    monkeypatch.setattr(plans, "_ferkit", in_this_process)
    rows = {
        "light": {"what": "light", "recipe": "quick", "set": {"epochs": 1}},
        "heavy": {"what": "heavy", "from": "light", "set": {"model_args.filters": 80}},
    }
    (tmp_path / "plan.yaml").write_text(
        yaml.safe_dump({"data": "tiny", "seeds": [0], "prefix": "p-", "keep": [WEIGHTS], "rows": rows}, sort_keys=False)
    )
    ladder.main(["train", "--plan", str(tmp_path / "plan.yaml"), "--out", str(world.checkpoints)])
    assert {path.name for path in (world.checkpoints / "p-light").iterdir()} == {*KEPT, WEIGHTS}
    assert {path.name for path in (world.checkpoints / "p-heavy").iterdir()} == set(KEPT)
    before = (world.checkpoints / "p-heavy" / "run.json").stat().st_mtime_ns
    ladder.main(["train", "--plan", str(tmp_path / "plan.yaml"), "--out", str(world.checkpoints)])
    assert (world.checkpoints / "p-heavy" / "run.json").stat().st_mtime_ns == before


def test_another_plan_has_a_folder_and_a_page_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    seen: list[tuple[Plan, Path]] = []
    monkeypatch.setattr(plans, "train", lambda plan, out, jobs: seen.append((plan, out)))
    ablation.main(["train", "--plan", "screening"])
    ablation.main(["train"])
    assert [(plan.name, out.relative_to(tmp_path)) for plan, out in seen] == [
        (name, Path("checkpoints") / name) for name in ("screening", "ablation")
    ]
    run = made(tmp_path / "base", np.random.default_rng(0).random(60) < 0.7)
    base = Run(run.path, run.manifest.replace(config={"epochs": 20}))
    monkeypatch.setattr(plans, "finished", lambda plan, out: {BASE: [base]})
    ablation.main(["table", "--plan", "screening"])
    page = (tmp_path / "docs" / "screening.md").read_text("utf-8")
    assert "train --plan screening`" in page and "`checkpoints/screening/`" in page
    with pytest.raises(SystemExit):
        ablation.main(["train", "--plan", "absent"])


def test_a_table_without_a_base_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ablation.main(["table", "--out", str(tmp_path / "none")])
    assert "no finished run of the base" in capsys.readouterr().err


def made(path: Path, right: np.ndarray) -> Run:
    """A run of two classes that is right on the given faces."""
    path.mkdir()
    label = np.arange(len(right)) % 2
    predicted = np.where(right, label, 1 - label)
    ids = [str(i) for i in range(len(right))]
    frame = pd.DataFrame(
        {
            "id": ids,
            "leaked": False,
            "label": label,
            LOGIT + "a": np.float16(predicted == 0),
            LOGIT + "b": np.float16(predicted == 1),
        }
    )
    frame.to_parquet(path / "val.parquet")
    return Run(path, manifest(("a", "b"), scores={"val": scores(("a", "b"), n=len(right))}))


def test_a_difference_holds_the_chance_of_faces_and_of_seeds(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    right = {name: rng.random((2, 400)) < share for name, share in ((BASE, 0.6), ("x", 0.7))}
    base, x = compare(
        {name: [made(tmp_path / f"{name}{i}", r) for i, r in enumerate(rows)] for name, rows in right.items()}
    )
    assert base.accuracy_gain[0] == 0
    gain, low, high = x.accuracy_gain
    assert gain == pytest.approx(right["x"].mean() - right[BASE].mean())
    each = [rows.mean(1) for rows in right.values()]
    pooled = np.mean([np.var(a, ddof=1) for a in each])
    faces = np.var(right["x"].mean(0) - right[BASE].mean(0)) / 400
    half = stats.t.ppf(0.975, 2) * np.sqrt(faces + pooled * (1 / 2 + 1 / 2))
    assert (low, high) == pytest.approx((gain - half, gain + half))


def test_macro_f1_has_parts_whose_mean_it_is_and_whose_spread_is_that_of_drawing_again() -> None:
    rng = np.random.default_rng(0)
    label = rng.choice(4, 2_000, p=(0.5, 0.3, 0.15, 0.05))
    predicted = np.where(
        rng.random(2_000) < 0.6, label, rng.integers(0, 3, 2_000)
    )  # the fourth is mentioned only where it is
    parts = macro_f1_parts(label, predicted)
    assert parts.mean() == pytest.approx(f1_score(label, predicted, average="macro"))
    draws = rng.integers(0, 2_000, (400, 2_000))
    again = [f1_score(label[draw], predicted[draw], average="macro") for draw in draws]
    assert parts.std() / np.sqrt(2_000) == pytest.approx(np.std(again), rel=0.1)
