"""Paired tests and their correction, against scipy and statsmodels."""

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as reference
from statsmodels.stats.multitest import multipletests

from ferkit.evaluate.significance import holm, mcnemar, paired_interval


@pytest.mark.parametrize(
    ("fixed", "broken"), [(0, 0), (1, 0), (0, 9), (5, 5), (12, 30), (31, 12), (400, 380), (9000, 9200)]
)
def test_p_is_that_of_an_exact_binomial_test(fixed: int, broken: int) -> None:
    expected = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    assert mcnemar(fixed, broken) == pytest.approx(expected, rel=1e-6)


def test_p_is_that_of_statsmodels() -> None:
    assert mcnemar(12, 30) == pytest.approx(reference([[100, 12], [30, 70]], exact=True).pvalue, rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_that_of_statsmodels(seed: int) -> None:
    p = np.random.default_rng(seed).random(7) ** 4
    p[3] = p[5]  # a tie
    np.testing.assert_allclose(holm(p), multipletests(p, method="holm")[1], rtol=1e-12)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.2]).tolist() == [0.2]
    assert holm([]).tolist() == []
    assert holm([0.9, 0.8]).tolist() == [1, 1]


def test_interval_is_that_of_resampled_faces() -> None:
    change = np.repeat([1, -1, 0], [40, 20, 140])
    rng = np.random.default_rng(0)
    drawn = [change[rng.integers(0, 200, 200)].mean() for _ in range(3000)]
    np.testing.assert_allclose(paired_interval(40, 20, 200), np.quantile(drawn, [0.025, 0.975]), atol=0.011)
    assert paired_interval(0, 0, 50) == paired_interval(0, 0, 0) == (0, 0)
