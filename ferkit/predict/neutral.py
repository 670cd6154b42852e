"""Two corrections of what is read of one person, both undone by leaving them out: against their own neutral face, and
for the mix of emotions to expect.

Some faces look sad at rest. Their change against rest says more than the reading itself.
"""

import numpy as np

from ferkit.errors import ConfigError

__all__ = ["against_neutral", "for_mix", "log_mean", "typical_neutral"]

LEAST = 1e-4  # probability: less counts as this much, so that no single frame decides a mean of logarithms


def against_neutral(
    probabilities: np.ndarray, own: np.ndarray, typical: np.ndarray, strength: float = 1.0
) -> np.ndarray:
    """Probabilities (N, C) as if the person's neutral face were a typical one:

    softmax(log p + strength (typical - own)), with `own` (C,) the `log_mean` of their neutral face and `typical` (C,)
    that of neutral faces in general. Log-probabilities are logits over the temperature, up to a constant that softmax
    ignores. Strength 0 changes nothing. Raises ConfigError for one outside [0, 1].
    """
    if not 0 <= strength <= 1:
        raise ConfigError(f"Expected a strength from 0 to 1, got {strength}. Choose one such as 1.")
    return _shares(np.log(np.maximum(probabilities, LEAST)) + strength * (typical - own))


def for_mix(probabilities: np.ndarray, trained: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Probabilities (N, C) where the classes are as frequent as `expected` (C,) instead of as in training, `trained`
    (C,): p expected / trained, normalised. Raises ConfigError for a share that is not above 0.

    Saerens, Latinne and Decaestecker 2002, Adjusting the outputs of a classifier to new a priori probabilities,
    doi:10.1162/089976602753284446.
    """
    if not (np.all(trained > 0) and np.all(expected > 0)):
        raise ConfigError("Expected a share above 0 of each class, got 0. Give each class some.")
    weighted = probabilities * (expected / trained)
    return np.asarray(weighted / weighted.sum(-1, keepdims=True))


def log_mean(probabilities: np.ndarray) -> np.ndarray:
    """Mean of the logarithms of probabilities (N, C) over N > 0 frames of one neutral face, (C,)."""
    return np.asarray(np.log(np.maximum(probabilities, LEAST)).mean(0))


def typical_neutral(probabilities: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> np.ndarray | None:
    """`log_mean` (C,) of the faces (N, C) labelled neutral, labels (N,); None without such a class or face."""
    names = [name.casefold() for name in classes]
    neutral = labels == names.index("neutral") if "neutral" in names else np.zeros(len(labels), bool)
    return log_mean(probabilities[neutral]) if neutral.any() else None


def _shares(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))
