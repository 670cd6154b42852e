"""The answer in a sentence: a lead is announced only where it is significant and the scores are held-out."""

import pandas as pd
import pytest

from dashboard.results import cards, leaderboard, ranking
from dashboard.results.leaderboard import Leaderboard
from dashboard.state import Selection
from ferkit.evaluate.compare import Paired


def board(*rows: tuple[str, float, str]) -> Leaderboard:
    common = {"low": 0.6, "high": 0.8, "n": 3589, "worst": "fear", "worst_recall": 0.391}
    frame = pd.DataFrame([{"run": run, "accuracy": p, "evaluation": kind, **common} for run, p, kind in rows])
    return Leaderboard(frame, {})


def lead(p: float) -> Paired:
    empty = [0] * 3
    return Paired(3589, empty, empty, 0.013, (0.002, 0.024), p, 0.0, (0.0, 0.0))  # type: ignore[arg-type]


@pytest.mark.parametrize(("p", "words"), [(0.01, "is significant: +1.3 points [+0.2, +2.4], p = 0.01."), (0.3, "not")])
def test_a_lead_is_announced_only_where_it_is_significant(monkeypatch, p: float, words: str) -> None:
    monkeypatch.setattr(cards, "tested", lambda *_, **__: lead(p))
    rows = ("a", 0.7, "held-out"), ("b", 0.687, "held-out")
    sentence = ranking.sentence(board(*rows), Selection(split="val"), dedup=False)
    assert words in sentence and "70.0% of 3,589 val faces (60.0–80.0%)" in sentence
    assert sentence.startswith("**a is best: ") == (p < 0.05)


def test_one_run_is_described_with_its_worst_class() -> None:
    sentence = ranking.sentence(board(("a", 0.7, "held-out")), Selection(split="val"), dedup=False)
    assert sentence.startswith("**a classifies 70.0%") and "worst class is fear (recall 39.1%)" in sentence


def test_in_sample_scores_announce_no_best_run(monkeypatch) -> None:
    monkeypatch.setattr(cards, "tested", lambda *_, **__: pytest.fail("in-sample scores are not compared"))
    selection = Selection(split="train")
    fitted = board(("a", 0.99, leaderboard.IN_SAMPLE), ("b", 0.98, leaderboard.IN_SAMPLE))
    assert ranking.sentence(fitted, selection, dedup=False).startswith("**No ranking on these faces")
    mixed = board(("fold", 0.7, leaderboard.OUT_OF_FOLD), ("a", 0.99, leaderboard.IN_SAMPLE))
    sentence = ranking.sentence(mixed, selection, dedup=False)
    assert sentence.startswith("**fold classifies 70.0%") and sentence.endswith("1 in-sample run is not ranked.")
