"""The temperature that follows the entropy: what it does, what it is fitted to, and the same in torch."""

import math

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from ferkit import metrics
from ferkit.metrics import UNCALIBRATED, Temperature
from ferkit.models.temperature import tempered

Z = np.random.default_rng(0).normal(0, 3, (400, 7))
MILD = Temperature(0.7, 0.5)


def drawn(temperature: Temperature, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and classes drawn from their probabilities at that temperature."""
    random = np.random.default_rng(1)
    z = random.normal(0, 2, (n, 7))
    p = metrics.softmax(z, temperature)
    return z, (p.cumsum(1) < random.random((n, 1))).sum(1).clip(max=6)


def test_it_rises_with_the_normalised_entropy() -> None:
    h = entropy(softmax(Z, axis=1), axis=1) / math.log(7)
    np.testing.assert_allclose(MILD.of(Z)[:, 0], 0.7 * np.exp(0.5 * h))
    np.testing.assert_allclose(metrics.softmax(Z, MILD), softmax(Z / (0.7 * np.exp(0.5 * h))[:, None], axis=1))
    sure, torn = np.array([[90.0, 0, 0, 0, 0, 0, 0]]), np.zeros((1, 7))
    assert (MILD.of(sure).item(), MILD.of(torn).item()) == pytest.approx(MILD.range)


def test_one_number_is_temperature_scaling() -> None:
    np.testing.assert_allclose(metrics.softmax(Z, Temperature(2.0)), softmax(Z / 2, axis=1))
    np.testing.assert_array_equal(metrics.softmax(Z, UNCALIBRATED), metrics.softmax(Z))
    assert Temperature(2.0).range == (2.0, 2.0) and str(Temperature(2.0)) == "2.00"
    assert str(Temperature(1.0, math.log(2))) == "1.00 to 2.00"


@pytest.mark.parametrize("slope", [-3.0, -0.4, 0.4, 3.0])
def test_no_prediction_changes(slope: float) -> None:
    np.testing.assert_array_equal(metrics.softmax(Z, Temperature(0.8, slope)).argmax(1), Z.argmax(1))


@pytest.mark.parametrize("temperature", [Temperature(1.6), MILD, Temperature(1.2, -0.6)])
def test_what_the_classes_were_drawn_at_is_found(temperature: Temperature) -> None:
    z, true = drawn(temperature)
    found = metrics.fit_adaptive_temperature(z, true)
    assert found.value == pytest.approx(temperature.value, rel=0.08)
    assert found.slope == pytest.approx(temperature.slope, abs=0.15)


def test_it_mends_what_one_number_cannot() -> None:
    z, true = drawn(Temperature(0.5, 1.2))
    one, both = Temperature(metrics.fit_temperature(z, true)), metrics.fit_adaptive_temperature(z, true)
    errors = [metrics.expected_calibration_error(metrics.softmax(z, t), true) for t in (one, both)]
    assert errors[1] < 0.012 and errors[0] > 2 * errors[1]


def test_few_faces_give_a_small_slope_and_no_infinite_number() -> None:
    assert metrics.fit_adaptive_temperature(np.eye(3), np.array([0, 1, 2])).value == pytest.approx(0.05, rel=0.01)
    z, true = drawn(UNCALIBRATED, 12)
    assert abs(metrics.fit_adaptive_temperature(z, true).slope) < 1.5


@pytest.mark.parametrize("temperature", [UNCALIBRATED, MILD, Temperature(1.3, -0.5)])
def test_torch_gives_the_same(temperature: Temperature) -> None:
    found = tempered(torch.from_numpy(Z), temperature).softmax(1)
    np.testing.assert_allclose(found, metrics.softmax(Z, temperature), rtol=1e-9)
    huge = tempered(torch.tensor([[1e4, 0.0, -1e4]]), temperature).softmax(1)
    assert huge.tolist() == [[1.0, 0.0, 0.0]]
