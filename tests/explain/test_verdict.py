"""Sentences that follow from numbers."""

import numpy as np
import pytest
from scipy import stats

from ferkit.explain.verdict import Advantage, advantage, choose_contrast, sentence, summary


def test_a_paired_interval_is_that_of_scipy() -> None:
    rng = np.random.default_rng(0)
    scores, baseline = rng.random(40), rng.random(40)
    found = advantage(scores, baseline)
    difference = scores - baseline
    low, high = stats.norm.interval(0.95, difference.mean(), stats.sem(difference))
    assert (found.mean, found.low, found.high) == pytest.approx((difference.mean(), low, high))
    assert advantage(np.array([1.0]), np.array([0.5])).low == -np.inf


@pytest.mark.parametrize(
    ("over", "randomisation", "says"),
    [
        ((0.1, -0.1, 0.3), 0.1, "For this run the centre blob explains as well as Grad-CAM: do not read these maps."),
        ((-0.2, -0.3, -0.1), None, "the centre blob explains better than Grad-CAM: do not read"),
        ((0.2, 0.1, 0.3), 0.1, "Grad-CAM explains better than the centre blob, by 0.20 [0.10, 0.30]"),
        ((0.2, 0.1, 0.3), 0.8, "draws nearly the same with shuffled weights (correlation 0.80): do not read"),
    ],
)
def test_one_sentence_per_method(over: tuple[float, float, float], randomisation: float | None, says: str) -> None:
    assert says in sentence("Grad-CAM", Advantage(*over), randomisation)


def test_the_most_different_of_the_faithful_ones_is_chosen() -> None:
    clear, doubtful = Advantage(0.2, 0.1, 0.3), Advantage(0.4, -0.1, 0.9)
    assert choose_contrast({"a": 0.9, "b": 0.1, "c": 0.2}, {"a": clear, "b": doubtful, "c": clear}) == "c"
    assert choose_contrast({"a": 0.1, "b": 0.2}, {"a": clear, "b": Advantage(0.3, 0.1, 0.5)}) == "a"  # as good as b
    assert choose_contrast({"a": 0.1, "b": 0.2}, {"a": clear, "b": Advantage(0.5, 0.4, 0.6)}) == "b"  # b is better
    assert choose_contrast({}, {}) == ""
    assert choose_contrast({"a": 0.9, "b": 0.1}, {"a": clear, "b": doubtful}) == ""
    assert "cannot be read" in summary("", 0.5, 0.9)
    assert "correlate by 0.20; the mean Grad-CAM maps of its classes correlate by 0.90" in summary("Contrast", 0.2, 0.9)
    assert "nan" not in summary("Contrast", 0.2, float("nan"))
