"""Faces through a network shard by shard: what is kept of each is small, however many there are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from ferkit.explain.mean_maps import MeanMaps
from ferkit.predict.classifier import Classifier

__all__ = ["SHARD", "Answers", "Pair", "Shard", "answers", "one_by_one", "read"]

SHARD = 16_384  # faces whose heat maps are held at once
Progress = Callable[[int, int], None]  # faces done, in all
Pair = tuple[np.ndarray, np.ndarray]  # images uint8 (N, H, W[, 3]), their classes (N,)


@dataclass(frozen=True, eq=False)
class Answers:
    """What is kept of N faces."""

    logits: np.ndarray  # float32 (N, C)
    features: np.ndarray  # float16 (N, D), penultimate
    cams: dict[str, np.ndarray]  # see `ferkit.explain.mean_maps`


@dataclass(frozen=True, eq=False)
class Shard:
    """What is kept of the N faces of one shard."""

    logits: np.ndarray  # float32 (N, C)
    features: np.ndarray  # float16 (N, D)
    means: MeanMaps


Each = Callable[[Classifier, Iterable[Pair], Progress], Iterator[Shard]]  # reads shards and gives them in their order


def answers(
    classifier: Classifier,
    images: np.ndarray,
    labels: np.ndarray,
    progress: Progress = lambda done, total: None,
    shard: int = SHARD,
    each: Each | None = None,
) -> Answers:
    """Read at least one face, uint8 (N, H, W[, 3]), with its class (N,), and no more than `shard` of them at a time:
    `images` may lie in a file (see `ferkit.data.store`). `each` reads the shards, here and one by one by default."""
    n, means = len(images), MeanMaps(len(classifier.classes))
    pairs = ((images[i : i + shard], labels[i : i + shard]) for i in range(0, n, shard))
    logits, features = list[np.ndarray](), list[np.ndarray]()
    for one in (each or one_by_one)(classifier, pairs, lambda done, _: progress(done, n)):
        means.merge(one.means)
        logits.append(one.logits)
        features.append(one.features)
    return Answers(np.concatenate(logits), np.concatenate(features), means.table())


def one_by_one(classifier: Classifier, pairs: Iterable[Pair], progress: Progress) -> Iterator[Shard]:
    """Read the shards in this process."""
    start = 0
    for images, labels in pairs:
        yield read(classifier, images, labels, _after(start, progress))
        start += len(images)


def read(
    classifier: Classifier, images: np.ndarray, labels: np.ndarray, progress: Progress = lambda done, total: None
) -> Shard:
    """Read one shard of at least one face."""
    part = classifier.analyse(images, labels, progress=progress)
    assert part.true_maps is not None  # labels were given
    means = MeanMaps(len(classifier.classes))
    means.add(images, labels, part.logits.argmax(1), part.maps, part.true_maps)
    return Shard(part.logits, part.features, means)


def _after(start: int, progress: Progress) -> Progress:
    """The progress of a shard that begins at face `start`, as that of all faces."""
    return lambda done, total: progress(start + done, total)
