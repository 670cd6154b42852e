"""How far a face is from all that a network was trained on, by a summary of the training features that fits in a run
folder: centres of every class.

Distance to the nearest training features of length one, as Sun et al. 2022, Out-of-Distribution Detection with Deep
Nearest Neighbors, arXiv:2204.06507; of them only centres are kept, found by spherical k-means (Dhillon & Modha 2001,
doi:10.1023/A:1007612920971), which maximises the sum of cosines between faces and their centres.
"""

import numpy as np

from ferkit.embed.neighbours import nearest
from ferkit.runs.nearest import NearestTrain

__all__ = ["CENTRES", "centres_of", "distance_to_centres", "unlike"]

CENTRES = 64  # of each class
LARGEST = 120_000  # bytes of all centres together
LEAST = 8  # centres of each class, however many features there are
ROUNDS = 12  # of k-means; after that hardly a face changes its centre
SAMPLED = 4000  # faces of a class by which centres are found


def centres_of(features: np.ndarray, labels: np.ndarray, classes: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Centres of the faces of each class, by features (N, D) and labels (N,): float16 (K, D) of length 1, and their
    labels uint16 (K,). At most `CENTRES` of each class, fewer where features are many."""
    each = int(np.clip(LARGEST // (2 * classes * features.shape[1]), LEAST, CENTRES))
    rng = np.random.default_rng(seed)
    found = [_kmeans(_unit(features[rng.permutation(np.flatnonzero(labels == c))[:SAMPLED]]), each, rng) for c in
             range(classes)]  # fmt: skip
    sizes = [len(part) for part in found]
    return np.concatenate(found).astype(np.float16), np.repeat(np.arange(classes), sizes).astype(np.uint16)


def distance_to_centres(features: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Of features (N, D) to the nearest of the centres (K, D), 1 - cosine: float32 (N,) in [0, 2]."""
    if not len(features):
        return np.empty(0, np.float32)
    distance: np.ndarray = 1 - nearest(centres, features, 1)[1][:, 0]
    return distance


def unlike(features: np.ndarray, reference: NearestTrain) -> np.ndarray:
    """How unlike everything the network was trained on faces with these features (N, D) are: float32 (N,), the distance
    to the nearest centre as a multiple of what 99% of the reference's split do not exceed.

    Above 1, a face is further away than 99 of 100 faces that the network was not trained on either. Raises DataError
    for features of another network.
    """
    return distance_to_centres(features, reference.centres) / np.float32(max(reference.centre_far, 1e-6))


def _kmeans(x: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Spherical k-means of rows of length one (N, D): (min(k, N), D), of length one; an empty centre stays."""
    centres = x[rng.permutation(len(x))[:k]]
    for _ in range(ROUNDS if len(x) > k else 0):
        own = (x @ centres.T).argmax(1)
        sums = np.zeros_like(centres)
        np.add.at(sums, own, x)
        full = np.bincount(own, minlength=len(centres)) > 0
        centres = np.where(full[:, None], _unit(sums), centres)
    return centres


def _unit(x: np.ndarray) -> np.ndarray:
    x = np.asarray(x, np.float32)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
