"""Overview: the answer in a sentence, the cards, the table that chooses a run, the chart, and runs that cannot be
read."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.results import leaderboard
from ferkit import metrics
from ferkit.published import comparable, published
from ferkit.runs import Scores, open_run

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "sklearn", "scipy", "umap", "numba")


def words(at) -> str:  # type: ignore[no-untyped-def]
    """All text of a page."""
    return "\n".join(
        str(one.value) for kind in ("markdown", "caption", "info", "warning", "error") for one in getattr(at, kind)
    )


def test_it_names_the_best_run_and_doubts_or_trusts_its_lead(gray_world, app) -> None:
    at = app(gray_world, "overview")
    assert not at.exception
    scores = {
        name: json.loads((gray_world.checkpoints / name / "run.json").read_text())["scores"]["val"]
        for name in ("alpha", "beta")
    }
    first = max(scores, key=lambda name: scores[name]["accuracy"])
    assert f"**{first} " in words(at)
    assert f"{100 * scores[first]['accuracy']:.1f}% of {scores[first]['n']} val faces" in words(at)
    assert "p = " in words(at) or "p < " in words(at)


def test_the_cards_tell_the_chosen_run_and_its_difference_with_an_interval(gray_world, app) -> None:
    at = app(gray_world, "overview", run="beta", base="alpha")
    told = json.loads((gray_world.checkpoints / "beta" / "run.json").read_text())
    cards = {card.label: card for card in at.metric}
    assert cards["Accuracy"].value.startswith(f"{100 * told['scores']['val']['accuracy']:.1f} ±")
    assert cards["Macro-F1"].value == f"{told['scores']['val']['macro_f1']:.3f}"
    assert "points" in cards["Accuracy"].delta
    recalls = {name: one["recall"] for name, one in told["scores"]["val"]["per_class"].items() if one["support"]}
    assert recalls[cards["Worst class"].value] == min(recalls.values())
    assert "Differences against **alpha** on the same" in words(at)


def test_the_table_is_sorted_and_stands_at_the_chosen_run(gray_world, app) -> None:
    at = app(gray_world, "overview", run="beta", base="alpha")
    table = at.dataframe[0].value
    assert table["accuracy"].is_monotonic_decreasing
    assert at.session_state["leaders"]["selection"]["rows"] == [table["run"].tolist().index("beta")]


def test_de_duplicated_scores_leave_the_leaked_faces_out(gray_world, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    run = open_run("alpha")
    results = run.results()
    stored = results.predictions("val")
    stored["leaked"] = np.arange(len(stored)) % 3 == 0
    logits, true = results.logits("val"), stored["label"].to_numpy()
    scores = Scores(**metrics.scores(logits, true, run.classes, stored["leaked"].to_numpy()))
    kept = ~stored["leaked"].to_numpy()
    alone = metrics.scores(logits[kept], true[kept], run.classes, temperature=run.temperature)
    monkeypatch.setattr(leaderboard.load, "predictions", lambda *_: stored)
    ece, recalls = leaderboard._without_leaked(results, "val")
    assert ece == pytest.approx(alone["ece"])
    assert recalls == {name: (row["recall"], row["support"]) for name, row in alone["per_class"].items()}
    assert leaderboard.leaked(scores) == (~kept).sum()


def test_a_run_chosen_among_seeds_says_so(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "seeds")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    path = world.checkpoints / "beta" / "run.json"
    rest = {"macro_f1": 0.5, "balanced_accuracy": 0.5, "ece": 0.1}
    seeds = [
        {"run": f"beta-{i}", "seed": i, "accuracy": value, "dedup_accuracy": value - 0.1, **rest}
        for i, value in enumerate((0.7, 0.71, 0.72))
    ]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seeds": seeds}))
    told = words(app(world, "overview", data="tiny", run="beta"))
    assert "Trained 3 times from different seeds: 71.0 ± 1.0%" in told and "Dashes are the same training" in told
    assert "Trained" not in words(app(world, "overview", data="tiny", run="alpha"))


def test_best_is_small_for_size_and_large_for_scores() -> None:
    row = dict.fromkeys(leaderboard.COLUMNS, 0.5) | {
        "run": "a",
        "worst": "x",
        "low": 0.4,
        "high": 0.6,
        "parameters": 10,
        "ece": 0.2,
    }
    frame = pd.DataFrame([row, row | {"run": "b", "accuracy": 0.7, "parameters": 20, "ece": 0.1}])
    goal = leaderboard.best(frame)
    assert (goal["accuracy"], goal["parameters"], goal["ece"]) == (0.7, 10, 0.1)
    assert leaderboard.best(frame.head(1)) == {}
    assert list(leaderboard.marked(frame).data["interval"]) == ["40.0–60.0", "40.0–60.0"]


def test_a_broken_run_is_told_in_a_line_and_the_rest_goes_on(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "broken")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    (world.checkpoints / "mangled").mkdir()
    (world.checkpoints / "mangled" / "run.json").write_text('{"classes": [')
    (world.checkpoints / "beta" / "val.parquet").unlink()
    at = app(world, "overview")
    assert not at.exception
    assert "mangled/run.json is not a run's description" in words(at)
    assert set(at.dataframe[0].value["run"]) == {"alpha", "beta"}


def test_the_other_worlds_are_drawn_or_tell_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    at = app(colour_world, "overview", data="colour")
    assert not at.exception and "**rgb recognises" in words(at)
    assert not app(imageless_world, "overview").exception
    at = app(empty_world, "overview")
    assert not at.exception and "python -m ferkit train" in words(at)


def test_it_draws_without_heavy_imports(gray_world) -> None:
    code = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "at = AppTest.from_file('dashboard/app.py', default_timeout=120).run()\n"
        f"assert not at.exception and at.metric; print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=gray_world.environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def test_people_and_published_networks_stand_beside_the_seven_emotions_only() -> None:
    assert comparable(("Angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"))
    assert not comparable(("angry", "happy", "sad"))
    assert all(
        0.5 < one.accuracy < 0.8 and one.parameters > 10_000 and one.split and one.protocol for one in published()
    )
    assert [one.parameters for one in published()] == sorted(one.parameters for one in published())


def test_the_report_is_offered_and_names_both_runs(gray_world, app) -> None:
    at = app(gray_world, "overview", run="beta", base="alpha")
    (button,) = at.get("download_button")
    assert button.proto.label == "Report" and "beta and alpha" in button.proto.help
