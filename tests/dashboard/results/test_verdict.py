"""The verdict in words: significant differences per class are named, others are not."""

import numpy as np

from dashboard.results import verdict
from ferkit.evaluate.alignment import Aligned

CLASSES = ("angry", "happy")


def aligned(before: list[int], after: list[int], true: list[int]) -> Aligned:
    """Runs `before` and `after` with these predictions."""
    logits = np.stack([np.eye(2, dtype=np.float32)[preds] for preds in (after, before)])
    rows = np.tile(np.arange(len(true)), (2, 1))
    return Aligned(("after", "before"), CLASSES, np.array(true), logits, rows, (len(true),) * 2, (str(after),))


def test_a_class_whose_recall_differs_significantly_is_named() -> None:
    true = [0] * 40 + [1] * 40
    sentence = verdict.sentence(aligned([1] * 80, true, true), "after", "before")
    assert sentence.startswith("**after is better by 50.0 points \\[")
    assert sentence.endswith("p \\< 0.001; it gains on angry.**")


def test_of_several_comparisons_each_is_corrected_by_holm() -> None:
    true = np.array([0, 1] * 40)
    wrong = [np.where(np.arange(80) < n, 1 - true, true) for n in (6, 7)]  # p = 0.031 and 0.016 against `true`
    logits = np.stack([np.eye(2, dtype=np.float32)[preds] for preds in (true, *wrong)])
    rows = np.tile(np.arange(80), (3, 1))
    several = Aligned(("first", "six", "seven"), CLASSES, true, logits, rows, (80,) * 3)
    assert "p = 0.031" in verdict.sentence(several, "first", "six")  # the larger one stays
    assert "p = 0.031" in verdict.sentence(several, "first", "seven")  # 2 x 0.0156


def test_without_a_significant_difference_no_class_is_named() -> None:
    true = [0, 1, 0, 1]
    sentence = verdict.sentence(aligned(true, [0, 1, 0, 0], true), "after", "before")
    assert sentence.startswith("**A tie: before is ahead by 25.0 points")
    assert sentence.endswith("; no class differs significantly.**")
