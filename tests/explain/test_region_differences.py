"""Differences of shares per part of the face, against scipy."""

import numpy as np
import pytest
from scipy import stats

from ferkit.explain.region_differences import paired, unpaired
from ferkit.metrics.student import two_sided


@pytest.mark.parametrize("level", [0.95, 1 - 0.05 / 7])
@pytest.mark.parametrize("degrees", [4, 5.5, 9, 30, 1000])
def test_quantiles_agree_with_scipy(level: float, degrees: float) -> None:
    assert two_sided(level, degrees) == pytest.approx(stats.t.ppf((1 + level) / 2, degrees), rel=0.02)


def shares(n: int, shift: float, seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).random((n, 7)) + np.eye(7)[0] * shift
    return drawn / drawn.sum(1, keepdims=True)


def test_unpaired_is_welch() -> None:
    a, b = shares(30, 1.0, 0), shares(14, 0.0, 1)
    found = unpaired(np.vstack([a, np.full((1, 7), np.nan)]), b)
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(found.mean, a.mean(0) - b.mean(0))
    np.testing.assert_allclose(found.low, interval.low, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.high, interval.high, rtol=1e-3, atol=1e-4)
    assert found.significant.tolist() == (expected.pvalue < 0.05 / 7).tolist() and found.significant[0]
    assert found.n == (30, 14)


def test_paired_is_a_test_of_one_sample() -> None:
    a = shares(25, 0.3, 0)
    b = a + np.random.default_rng(3).normal(0, 0.02, a.shape) - np.eye(7)[0] * 0.05
    found, expected = paired(a, b), stats.ttest_rel(a, b)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(found.low, interval.low, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(found.high, interval.high, rtol=1e-3, atol=1e-4)
    assert found.significant.tolist() == (expected.pvalue < 0.05 / 7).tolist() and found.significant[0]


def test_one_face_says_nothing() -> None:
    for found in (unpaired(shares(1, 0, 0), shares(9, 0, 1)), paired(shares(1, 0, 0), shares(1, 0, 1))):
        assert np.isnan(found.mean).all() and not found.significant.any()
