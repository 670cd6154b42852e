"""Centres of training features, and how unlike them a new face is."""

import numpy as np
import pytest

from ferkit.embed.novelty import CENTRES, centres_of, distance_to_centres, unlike
from ferkit.errors import DataError
from ferkit.runs.nearest import NearestTrain


def clusters(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Faces of three classes near three directions of an eight-dimensional space."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2], n)
    return np.eye(8, dtype=np.float32)[labels] + rng.normal(0, 0.05, (3 * n, 8)).astype(np.float32), labels


def reference(centres: np.ndarray, centre_far: float) -> NearestTrain:
    empty = np.empty((0, 5))
    return NearestTrain(
        empty, empty, empty, empty[:, 0], empty[:, 0], 0.0, centres, np.zeros(len(centres), int), centre_far, "", "", 0
    )  # fmt: skip


def test_centres_are_of_length_one_and_of_every_class() -> None:
    features, labels = clusters(200)
    centres, owners = centres_of(features, labels, 3)
    assert centres.dtype == np.float16 and np.bincount(owners).tolist() == [CENTRES] * 3
    np.testing.assert_allclose(np.linalg.norm(centres.astype(float), axis=1), 1, atol=2e-3)
    assert (centres.astype(float).argmax(1) == owners).all()
    again, _ = centres_of(features, labels, 3)
    assert (again == centres).all()


def test_many_features_get_fewer_centres_and_few_faces_are_their_own() -> None:
    rng = np.random.default_rng(0)
    centres, _ = centres_of(rng.normal(size=(300, 1024)), np.arange(300) % 3, 3)
    assert centres.nbytes <= 120_000 and len(centres) < 3 * CENTRES
    features, labels = clusters(4)
    centres, owners = centres_of(features, labels, 4)  # nobody is of the fourth class
    assert len(centres) == 12 and 3 not in owners
    np.testing.assert_allclose(distance_to_centres(features, centres), 0, atol=1e-3)


def test_k_means_explains_more_than_faces_drawn_at_random() -> None:
    features, labels = clusters(300)
    centres, _ = centres_of(features, labels, 3)
    drawn = features[np.random.default_rng(1).permutation(len(features))[: len(centres)]]
    assert distance_to_centres(features, centres).mean() < distance_to_centres(features, drawn).mean()


def test_what_points_elsewhere_is_unlike_and_what_was_seen_is_not() -> None:
    features, labels = clusters(200)
    centres, _ = centres_of(features, labels, 3)
    held_out = clusters(200, seed=1)[0]
    known = reference(centres, float(np.quantile(distance_to_centres(held_out, centres), 0.99)))
    assert (unlike(held_out, known) > 1).mean() == pytest.approx(0.01, abs=0.005)
    assert (unlike(np.eye(8)[4:], known) > 10).all()
    assert unlike(np.empty((0, 8)), known).shape == (0,)
    with pytest.raises(DataError, match="as many features"):
        unlike(np.ones((1, 9)), known)
