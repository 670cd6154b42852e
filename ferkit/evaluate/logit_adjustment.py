"""Rare classes after training: the logits shifted by how often each class was seen in training, nothing trained again.

Menon et al. 2021, Long-tail learning via logit adjustment, arXiv:2007.07314. Plain numpy, for pages.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.runs import Run

__all__ = ["adjusted", "effective_prior", "prior", "stored_offsets", "trade"]


def prior(counts: Mapping[str, int], classes: Sequence[str]) -> np.ndarray:
    """Each class's share of the training faces, (C,), by name in any case; a class without one counts as one face.

    Raises DataError when none of the classes was trained on.
    """
    seen = {name.casefold(): n for name, n in counts.items()}
    if not any(seen.get(name.casefold()) for name in classes):
        raise DataError(
            f"Expected training faces of {', '.join(classes)}; the run counts {', '.join(counts) or 'none'}."
        )
    shares = np.array([max(1, seen.get(name.casefold(), 0)) for name in classes], np.float64)
    return shares / shares.sum()


def effective_prior(run: Run, classes: Sequence[str], temperature: float | None = None) -> np.ndarray:
    """The class prior behind a run's probabilities, (C,): `prior` of its training faces; where it has class offsets o,
    these times exp(o / T).

    temperature: T of the probabilities, 1 for the softmax of its logits as they are; by default the geometric mean of
    the run's own range. Raises DataError as `prior`.
    """
    shares = prior(run.manifest.data.counts.get("train") or {}, classes)
    T = temperature or math.sqrt(math.prod(run.temperature.range))
    shares = shares * np.exp(stored_offsets(run, classes) / T)
    return np.asarray(shares / shares.sum())


def stored_offsets(run: Run, classes: Sequence[str]) -> np.ndarray:
    """The class offsets in the run's weights, (C,): its logits less these are those without; zeros where it has
    none."""
    fitted = run.manifest.calibration
    by_name = {name.casefold(): offset for name, offset in fitted.offsets.items()} if fitted else {}
    return np.array([by_name.get(name.casefold(), 0.0) for name in classes])


def adjusted(logits: np.ndarray, shares: np.ndarray, tau: float) -> np.ndarray:
    """z_c - tau log(share_c): logits (N, C), shares (C,). 0 changes nothing, 1 answers as if all classes were equally
    frequent."""
    return logits - tau * np.log(shares)


def trade(logits: np.ndarray, true: np.ndarray, shares: np.ndarray, taus: Sequence[float]) -> np.ndarray:
    """Confusion matrices int (T, C, C), one per tau: what accuracy gives up for balanced accuracy."""
    return np.stack([metrics.confusion(true, adjusted(logits, shares, tau).argmax(1), logits.shape[1]) for tau in taus])
