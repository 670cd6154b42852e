"""What logits are divided by before they become probabilities, and how it is fitted.

Temperature scaling (Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599) divides all logits by
one number. A network may be too sure where classes compete and not sure enough where none does, which one number
cannot mend; so the temperature may follow the entropy of the prediction, as in Balanya et al. 2024, Adaptive
Temperature Scaling for Robust Calibration of Deep Neural Networks, arXiv:2208.00461:

    T(z) = value exp(slope h),   h = H(softmax(z)) / log C in [0, 1]

All logits of a face are divided by the same positive number, so no prediction changes.
"""

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["UNCALIBRATED", "Temperature", "fit_adaptive_temperature", "fit_temperature", "softmax"]

COLDEST, HOTTEST = 0.05, 20.0  # bounds of T
STEEPEST = 3.0  # bound of the slope, either way


@dataclass(frozen=True)
class Temperature:
    """T of a face's logits."""

    value: float = 1.0  # where the network has no doubt
    slope: float = 0.0  # how fast its logarithm rises with the entropy; 0: the same for every face

    def of(self, logits: np.ndarray) -> np.ndarray:
        """float64 (N, 1), for logits (N, C)."""
        if not self.slope:
            return np.full((len(logits), 1), self.value)
        return self.value * np.exp(self.slope * _entropy(logits))

    @property
    def fields(self) -> dict[str, float]:
        """As a run's manifest and its scores name them."""
        return {"temperature": self.value, "temperature_slope": self.slope}

    @property
    def range(self) -> tuple[float, float]:
        """T where the network has no doubt, and where all classes are equally likely."""
        return self.value, self.value * math.exp(self.slope)

    def __str__(self) -> str:
        """ "0.84" where it is one number, "0.68 to 0.83" where it follows the entropy."""
        certain, undecided = self.range
        return f"{certain:.2f} to {undecided:.2f}" if self.slope else f"{certain:.2f}"


UNCALIBRATED = Temperature()


def softmax(logits: np.ndarray, temperature: float | Temperature = 1.0) -> np.ndarray:
    """softmax(z / T): (N, C) -> probabilities (N, C) in float64."""
    divisor = temperature.of(logits) if isinstance(temperature, Temperature) else temperature
    z = np.asarray(logits, np.float64) / divisor
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


def fit_temperature(logits: np.ndarray, true: np.ndarray) -> float:
    """The T in [0.05, 20] whose softmax(z / T) has the smallest negative log-likelihood, for logits (N, C) and classes
    (N,).

    That likelihood is convex in 1 / T: its slope, mean(sum_c p_c z_c - z_true), is followed to zero by halving.
    """
    z, low, high = np.asarray(logits, np.float64), 1 / HOTTEST, 1 / COLDEST
    target = z[np.arange(len(true)), true].mean()
    for _ in range(40):
        middle = math.sqrt(low * high)
        slope = (softmax(z, 1 / middle) * z).sum(1).mean() - target
        low, high = (middle, high) if slope < 0 else (low, middle)
    return 1 / math.sqrt(low * high)


def fit_adaptive_temperature(logits: np.ndarray, true: np.ndarray) -> Temperature:
    """The temperature whose confidence best predicts whether the answer is right, for logits (N, C) and classes
    (N,): value in [0.05, 20], slope in [-3, 3].

    It maximises the likelihood of right and wrong under the top probability, which is what a reader takes for the
    chance that the answer is right. A normal prior keeps the slope near 0 where faces are few.
    """
    from scipy.optimize import minimize

    z, right = np.asarray(logits, np.float64), np.asarray(logits).argmax(1) == true
    start = math.log(fit_temperature(z, true))

    def loss(free: np.ndarray) -> float:
        confidence = softmax(z, Temperature(math.exp(free[0]), free[1])).max(1)
        chance = np.clip(np.where(right, confidence, 1 - confidence), 1e-12, 1)
        return float(-np.log(chance).mean() + free[1] ** 2 / (2 * len(z)))

    bounds = [(math.log(COLDEST), math.log(HOTTEST)), (-STEEPEST, STEEPEST)]
    best = minimize(loss, [start, 0.0], method="Nelder-Mead", bounds=bounds).x
    return Temperature(math.exp(best[0]), float(best[1]))


def _entropy(logits: np.ndarray) -> np.ndarray:
    """Of softmax(z), from 0 to 1: float64 (N, 1)."""
    p = softmax(logits)
    return -(p * np.log(np.clip(p, 1e-300, 1))).sum(1, keepdims=True) / math.log(p.shape[1])
