"""Reliability bins and calibration errors, against scikit-learn and by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate.reliability import answers, ece_by_chance, histogram, reliability


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    true = rng.integers(0, 5, 700)
    logits = rng.normal(size=(700, 5)).astype(np.float32) * 2
    logits[np.arange(700), true] += 1.5
    return logits, true


def test_answers_are_at_a_temperature(scored: tuple[np.ndarray, np.ndarray]) -> None:
    plain, right = answers(*scored)
    cool, same = answers(*scored, temperature=metrics.Temperature(3.0))
    assert (right == same).all() and (cool < plain).all()
    assert right.mean() == pytest.approx((scored[0].argmax(1) == scored[1]).mean())


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize(("binning", "strategy"), [("width", "uniform"), ("mass", "quantile")])
def test_bins_are_those_of_scikit_learn(
    scored: tuple[np.ndarray, np.ndarray], temperature: float, binning: str, strategy: str
) -> None:
    confidence, right = answers(*scored, temperature=metrics.Temperature(temperature))
    found = reliability(confidence, right, 10, binning)
    accuracy, mean = calibration_curve(right, confidence, n_bins=10, strategy=strategy)
    full = found.n > 0
    np.testing.assert_allclose(found.accuracy[full], accuracy, atol=0 if binning == "width" else 0.03)
    np.testing.assert_allclose(found.confidence[full], mean, atol=1e-12 if binning == "width" else 0.01)
    assert found.n.sum() == 700


def test_equal_mass_is_equal(scored: tuple[np.ndarray, np.ndarray]) -> None:
    confidence, right = answers(*scored)
    found = reliability(confidence, right, 14, "mass")
    assert found.n.tolist() == [50] * 14
    for lower, upper, n in zip(found.lower, found.upper, found.n, strict=True):
        assert ((confidence >= lower) & (confidence <= upper)).sum() == n  # no face on an edge
    ascending = np.argsort(confidence)
    gaps = [abs(right[part].mean() - confidence[part].mean()) for part in np.split(ascending, 14)]
    assert found.ece == pytest.approx(np.mean(gaps))


def test_equal_width_gives_the_usual_error(scored: tuple[np.ndarray, np.ndarray]) -> None:
    confidence, right = answers(*scored)
    expected = metrics.expected_calibration_error(metrics.softmax(scored[0]), scored[1])
    found = reliability(confidence, right)
    assert found.ece == pytest.approx(expected)
    assert len(found.n) == 15 and found.upper[-1] == 1
    assert np.isnan(found.accuracy[found.n == 0]).all()


def test_the_error_of_perfect_calibration_is_that_of_drawn_answers() -> None:
    rng = np.random.default_rng(2)
    confidence = rng.beta(4, 2, 2500)
    drawn = [reliability(confidence, rng.random(2500) < confidence).ece for _ in range(300)]
    mean, high = ece_by_chance(confidence)
    assert mean == pytest.approx(np.mean(drawn), rel=0.04) and high == pytest.approx(np.quantile(drawn, 0.95), rel=0.05)
    assert ece_by_chance(np.tile(confidence, 4))[0] == pytest.approx(mean / 2)


def test_by_hand() -> None:
    """Two of 0.9, one right; two of 0.6, both right: (2 |0.5 - 0.9| + 2 |1 - 0.6|) / 4, Wilson's interval of 1 of 2."""
    found = reliability(np.array([0.9, 0.6, 0.9, 0.6]), np.array([True, True, False, True]), 2, "mass")
    assert (found.n.tolist(), found.upper[0]) == ([2, 2], 0.75)
    assert found.ece == pytest.approx(0.4)
    assert found.gap.tolist() == pytest.approx([0.4, -0.4])
    ends = binomtest(1, 2).proportion_ci(method="wilson")
    assert (found.low[1], found.high[1]) == pytest.approx((ends.low, ends.high))


def test_equal_confidences_stay_together() -> None:
    found = reliability(np.ones(10), np.ones(10, bool), 5, "mass")
    assert found.n.tolist() == [10] and found.ece == 0
    none = reliability(np.zeros(0), np.zeros(0, bool), 5, "mass")
    assert none.ece == 0 and none.n.sum() == 0
    with pytest.raises(DataError, match="equal width or mass"):
        reliability(np.ones(1), np.ones(1, bool), 5, "depth")


def test_histogram_parts_the_faces_by_outcome(scored: tuple[np.ndarray, np.ndarray]) -> None:
    confidence, right = answers(*scored)
    found = histogram(confidence, right)
    assert found.right.sum() == right.sum() and found.wrong.sum() == (~right).sum()
    assert histogram(np.array([0.0, 1.0, 0.5]), np.array([1, 1, 0]), 2).right.tolist() == [1, 1]


@pytest.mark.parametrize("binning", ["width", "mass"])
def test_a_bin_written_with_its_digits_holds_exactly_its_faces(binning: str) -> None:
    confidence = np.random.default_rng(3).uniform(0.2, 1, 4000)
    confidence[:2] = 8 / 15 - 1e-7, 8 / 15 + 1e-7  # either side of an edge that has no end
    bins = reliability(confidence, confidence > 0.5, binning=binning, digits=6)
    for low, high, n in zip(bins.lower, bins.upper, bins.n, strict=True):
        low, high = float(f"{low:.6g}"), float(f"{high:.6g}")
        assert ((confidence >= low) & (confidence <= high)).sum() == n
