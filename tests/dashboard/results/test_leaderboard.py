"""The leaderboard: numbers as stored or recomputed without leaked faces, and nothing in-sample is ranked."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard import load
from dashboard.results import leaderboard
from dashboard.results.leaderboard import Leaderboard
from ferkit import metrics
from ferkit.runs import open_run
from tests.worlds import score_on_corrupted


def row(run: str, accuracy: float, **more: object) -> dict[str, object]:
    numbers = dict.fromkeys(leaderboard.COLUMNS, 0.5)
    words = {"run": run, "evaluation": "held-out", "worst": "fear", "seeds": []}
    return numbers | words | {"accuracy": accuracy, "low": accuracy - 0.1, "high": accuracy + 0.1} | more


def test_the_best_is_small_for_size_and_large_for_scores() -> None:
    frame = pd.DataFrame([row("a", 0.5, parameters=10, ece=0.2), row("b", 0.7, parameters=20, ece=0.1)])
    goal = leaderboard.best(frame)
    assert (goal["accuracy"], goal["parameters"], goal["ece"]) == (0.7, 10, 0.1)
    assert leaderboard.best(frame.head(1)) == {}


def test_the_shown_table_has_the_interval_as_text() -> None:
    shown = leaderboard.shown(Leaderboard(pd.DataFrame([row("a", 0.5)]), {}))
    assert shown["accuracy"].tolist() == [0.5] and shown["interval"].tolist() == ["40.0–60.0%"]
    assert not {"evaluation", "seeds", "n"} & set(shown)
    two = Leaderboard(pd.DataFrame([row("a", 0.5, n=10), row("b", 0.4, n=9)]), {})
    assert leaderboard.shown(two)["n"].tolist() == [10, 9]


def test_in_sample_scores_are_listed_last_never_ranked_and_never_marked() -> None:
    frame = pd.DataFrame([row("fold", 0.7, evaluation="out-of-fold"), row("fitted", 0.99, evaluation="in-sample")])
    board = Leaderboard(frame, {})
    assert board.ranked["run"].tolist() == ["fold"]
    assert leaderboard.shown(board)["evaluation"].tolist() == ["out-of-fold", "in-sample"]
    assert leaderboard.marks(board) == {}
    two = Leaderboard(pd.concat([frame, pd.DataFrame([row("other", 0.6, evaluation="out-of-fold")])]).reset_index(), {})
    assert leaderboard.best(two.ranked)["accuracy"] == 0.7
    assert leaderboard.marks(two)[0, "accuracy"] == "best" and (1, "accuracy") not in leaderboard.marks(two)


def test_a_score_on_training_faces_is_in_sample_unless_cross_validated(gray_world, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    run = open_run("alpha")
    assert leaderboard.evaluation(run, "tiny", "val") == leaderboard.HELD_OUT
    assert leaderboard.evaluation(run, "tiny", "train") == leaderboard.IN_SAMPLE
    assert leaderboard.evaluation(run, "another dataset", "train") == leaderboard.HELD_OUT
    folds = {"folds": 2, "accuracy": (0.5, 0.6), "macro_f1": (0.5, 0.6), "balanced_accuracy": (0.5, 0.6)}
    validated = type(run)(run.path, run.manifest.replace(crossval=folds))
    assert leaderboard.evaluation(validated, "tiny", "train") == leaderboard.OUT_OF_FOLD
    assert leaderboard.evaluation(validated, "tiny", "all") == leaderboard.IN_SAMPLE


def test_scores_are_those_of_the_manifest(gray_world, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    board = leaderboard.table(load.all_runs(), "tiny", "val", dedup=False)
    assert not board.left_out and board.frame["accuracy"].is_monotonic_decreasing
    scores = open_run("alpha").manifest.scores["val"]
    (record,) = board.frame[board.frame["run"] == "alpha"].to_dict("records")
    assert (record["accuracy"], record["macro_f1"], record["n"]) == (scores.accuracy, scores.macro_f1, scores.n)
    assert (record["ece"], record["ece_uncalibrated"]) == (scores.ece, scores.ece_uncalibrated)
    recalls = {name: row.recall for name, row in scores.per_class.items() if row.support}
    assert record["worst_recall"] == min(recalls.values()) == recalls[record["worst"]]


def test_de_duplicated_scores_leave_leaked_faces_out(gray_world, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    run = open_run("alpha")
    results = run.results()
    stored = results.predictions("val")
    stored["leaked"] = np.arange(len(stored)) % 3 == 0
    kept = ~stored["leaked"].to_numpy()
    logits, true = results.logits("val")[kept], stored["label"].to_numpy()[kept]
    monkeypatch.setattr(leaderboard.load, "predictions", lambda *_: stored)
    rest = leaderboard._without_leaked(results, "val")
    calibrated = metrics.softmax(logits, run.temperature)
    assert rest.ece == pytest.approx(metrics.expected_calibration_error(calibrated, true))
    assert rest.ece_uncalibrated == pytest.approx(metrics.expected_calibration_error(metrics.softmax(logits), true))
    matrix = metrics.confusion(true, logits.argmax(1), len(run.classes))
    assert [recall for recall, _ in rest.recalls.values()] == pytest.approx(metrics.recall(matrix).tolist())


def test_accuracy_on_corrupted_faces_is_shown_where_it_is_stored(gray_world, monkeypatch, tmp_path) -> None:
    world = gray_world.copy(tmp_path / "own")
    world.enter(monkeypatch)
    assert "corrupted" not in leaderboard.shown(leaderboard.table(load.all_runs(), "tiny", "val", dedup=False))
    score_on_corrupted(open_run("alpha"), 0.62)
    (world.checkpoints / "beta" / "val-robustness.parquet").write_bytes(b"broken")
    board = leaderboard.table(load.all_runs(), "tiny", "val", dedup=False)
    shown = leaderboard.shown(board).set_index("run")["corrupted"]
    assert shown["alpha"] == pytest.approx(0.62) and np.isnan(shown["beta"])
    row = board.frame.index[board.frame["run"] == "alpha"][0]
    assert leaderboard.marks(board)[row, "corrupted"] == "best" and (1 - row, "corrupted") not in leaderboard.marks(
        board
    )
    assert not board.left_out
    leaked = leaderboard.table(load.all_runs(), "tiny", "val", dedup=True)
    assert leaked.frame["corrupted"].isna().all()


def test_a_run_whose_files_are_broken_is_left_out_with_the_reason(gray_world, monkeypatch, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "broken")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    (world.checkpoints / "beta" / "val.parquet").unlink()
    path = world.checkpoints / "beta" / "run.json"
    manifest = json.loads(path.read_text())
    manifest["scores"]["val"]["dedup"]["n"] -= 1
    path.write_text(json.dumps(manifest))
    (world.checkpoints / "mangled").mkdir()
    (world.checkpoints / "mangled" / "run.json").write_text('{"classes": [')
    world.enter(monkeypatch)
    board = leaderboard.table(load.all_runs(), "tiny", "val", dedup=True)
    assert board.frame["run"].tolist() == ["alpha"] and "val.parquet" in board.left_out["beta"]
    assert list(leaderboard.unreadable()) == ["mangled"]


def test_a_run_with_broken_scores_of_another_dataset_takes_no_page_down(gray_world, monkeypatch, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "broken")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    folder = world.checkpoints / "beta" / "on-other"
    folder.mkdir()
    (folder / "scores.json").write_text('{"val": {"n": "many"}}')
    world.enter(monkeypatch)
    assert list(load.all_runs()) == ["alpha"]
    assert "on-other/scores.json" in leaderboard.unreadable()["beta"]
