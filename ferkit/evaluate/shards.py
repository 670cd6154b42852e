"""Faces through a network shard by shard: what is kept of each is small, however many there are."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ferkit.explain.mean_maps import MeanMaps
from ferkit.predict.classifier import Classifier

__all__ = ["SHARD", "Answers", "answers"]

SHARD = 16_384  # faces whose heat maps are held at once
Progress = Callable[[int, int], None]  # faces done, in all


@dataclass(frozen=True, eq=False)
class Answers:
    """What is kept of N faces."""

    logits: np.ndarray  # float32 (N, C)
    features: np.ndarray  # float16 (N, D), penultimate
    cams: dict[str, np.ndarray]  # see `ferkit.explain.mean_maps`


def answers(
    classifier: Classifier,
    images: np.ndarray,
    labels: np.ndarray,
    progress: Progress = lambda done, total: None,
    shard: int = SHARD,
) -> Answers:
    """Read at least one face, uint8 (N, H, W[, 3]), with its class (N,), and no more than `shard` of them at a time:
    `images` may lie in a file (see `ferkit.data.store`)."""
    n, means = len(images), MeanMaps(len(classifier.classes))
    logits, features = list[np.ndarray](), list[np.ndarray]()
    for start in range(0, n, shard):
        rows = slice(start, min(start + shard, n))
        part = classifier.analyse(images[rows], labels[rows], progress=_after(start, n, progress))
        assert part.true_maps is not None  # labels were given
        means.add(images[rows], labels[rows], part.logits.argmax(1), part.maps, part.true_maps)
        logits.append(part.logits)
        features.append(part.features)
    return Answers(np.concatenate(logits), np.concatenate(features), means.table())


def _after(start: int, total: int, progress: Progress) -> Progress:
    """The progress of a shard that begins at face `start`, as that of all faces."""
    return lambda done, _: progress(start + done, total)
