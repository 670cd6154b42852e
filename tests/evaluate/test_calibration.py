"""Calibration: what it fits, what it may cost, and that held-out faces take no part in it."""

import numpy as np
import pytest

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate.calibration import Calibration, cross_validate, fit, stratified_folds

SHARES = np.array([0.6, 0.3, 0.1])


def gaussian(n: int, sharpness: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax at temperature `sharpness` is the true posterior of n points around three centres."""
    random = np.random.default_rng(seed)
    true = random.choice(3, n, p=SHARES)
    centres = 1.6 * np.array([[0, 0], [1, 0], [0, 1]])
    x = random.normal(centres[true], 1.0)
    return sharpness * (np.log(SHARES) - 0.5 * ((x[:, None] - centres) ** 2).sum(2)), true


def test_probabilities_follow_the_formula() -> None:
    z = np.array([[1.0, 2.0, 3.0]])
    expected = np.exp((z - 0.5 * np.log(SHARES)) / 2)
    offsets = tuple(-0.5 * np.log(SHARES))
    np.testing.assert_allclose(
        Calibration(offsets, metrics.Temperature(2.0)).probabilities(z), expected / expected.sum()
    )
    np.testing.assert_allclose(Calibration((0.0, 0.0, 0.0)).probabilities(z), metrics.softmax(z))


def test_the_temperature_of_overconfident_logits_is_found() -> None:
    z, true = gaussian(20_000, sharpness=3.0)
    found = fit(z, true, SHARES, taus=(0.0,)).temperature
    assert found.value == pytest.approx(3.0, rel=0.05)
    np.testing.assert_allclose(metrics.softmax(z, found).max(1), metrics.softmax(z / 3).max(1), atol=0.03)


def test_tau_trades_accuracy_for_macro_f1_within_its_cost() -> None:
    z, true = gaussian(20_000)
    before = metrics.confusion(true, z.argmax(1), 3)
    dear, cheap, free = (fit(z, true, SHARES, largest_cost=cost) for cost in (1.0, 0.005, 0.0))
    assert 0 <= free.tau < cheap.tau < dear.tau
    for found, cost in ((dear, 1.0), (cheap, 0.005), (free, 0.0)):
        after = metrics.confusion(true, found.probabilities(z).argmax(1), 3)
        assert metrics.accuracy(after) >= metrics.accuracy(before) - cost
        assert metrics.macro_f1(after) >= metrics.macro_f1(before)
        logs = np.log(SHARES)
        np.testing.assert_allclose(found.offsets, found.tau * (logs.mean() - logs), atol=1e-12)
        assert found.cost == cost


def test_held_out_probabilities_are_calibrated() -> None:
    z, true = gaussian(20_000, sharpness=2.0)
    scores = cross_validate(z, true, SHARES)
    assert len(scores.folds) == 5
    assert scores.confusion.sum() == 20_000
    assert scores.ece < 0.02 < metrics.expected_calibration_error(metrics.softmax(z), true)
    assert scores.recall[2] > metrics.recall(metrics.confusion(true, z.argmax(1), 3))[2]


def test_a_held_out_face_takes_no_part_in_what_it_is_read_with() -> None:
    z, true = gaussian(300)
    before = cross_validate(z, true, SHARES)
    held_out = stratified_folds(true, 5) == 2
    z[held_out] *= -1
    after = cross_validate(z, true, SHARES)
    assert after.folds[2] == before.folds[2]
    assert after.folds[1] != before.folds[1]


def test_folds_are_stratified_and_seeded() -> None:
    true = np.repeat([0, 1, 2], [50, 23, 7])
    fold = stratified_folds(true, 5, seed=3)
    np.testing.assert_array_equal(fold, stratified_folds(true, 5, seed=3))
    assert not np.array_equal(fold, stratified_folds(true, 5, seed=4))
    for label in range(3):
        counts = np.bincount(fold[true == label], minlength=5)
        assert counts.max() - counts.min() <= 1
    with pytest.raises(DataError, match="2 to 3 folds of 3 faces"):
        stratified_folds(np.zeros(3, int), 4)
