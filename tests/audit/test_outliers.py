"""Distances to training faces, held against scikit-learn's neighbours."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ferkit.audit.outliers import outliers
from ferkit.errors import DataError

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(300, 8)).astype(np.float32)
LABELS = RNG.integers(0, 3, 300)
TRAIN = np.arange(300) < 200


def test_distances_are_those_of_scikit_learn() -> None:
    got = outliers(FEATURES, LABELS, TRAIN, k=5)
    search = NearestNeighbors(n_neighbors=5, metric="cosine").fit(FEATURES[TRAIN])
    np.testing.assert_allclose(got.distance[TRAIN], search.kneighbors()[0].mean(1), atol=1e-5)  # without itself
    np.testing.assert_allclose(got.distance[~TRAIN], search.kneighbors(FEATURES[~TRAIN])[0].mean(1), atol=1e-5)
    own = np.flatnonzero(LABELS == 1)
    search = NearestNeighbors(n_neighbors=5, metric="cosine").fit(FEATURES[own[own < 200]])
    np.testing.assert_allclose(got.own_class[own[own < 200]], search.kneighbors()[0].mean(1), atol=1e-5)


def test_the_threshold_is_a_quantile_of_the_training_faces_own_distances() -> None:
    got = outliers(FEATURES, LABELS, TRAIN)
    assert got.threshold == pytest.approx(np.quantile(got.distance[TRAIN], 0.99))
    assert got.far[TRAIN].sum() == 2 and (got.far == (got.distance > got.threshold)).all()
    assert (np.sort(got.rank) == np.arange(300)).all() and got.rank[got.distance.argmax()] == 0


def test_a_planted_outlier_is_the_most_distant() -> None:
    centre = np.ones(8, np.float32)
    features = centre + RNG.normal(0, 0.2, (300, 8)).astype(np.float32)
    features[250] = -centre
    got = outliers(features, LABELS, TRAIN)
    assert got.rank[250] == 0 and got.far[250] and got.distance[250] > 1.5


def test_without_training_faces_the_faces_are_their_own() -> None:
    twice = np.concatenate([FEATURES, FEATURES[:1]])
    got = outliers(twice, np.append(LABELS, LABELS[0]), k=1)
    assert got.distance[0] == pytest.approx(0, abs=1e-6) == got.distance[300]
    lonely = outliers(FEATURES[:4], np.array([0, 0, 0, 1]))
    assert np.isnan(lonely.own_class[3]) and np.isfinite(lonely.own_class[:3]).all()


def test_bad_input_is_refused() -> None:
    with pytest.raises(DataError, match="one label for each of 300 rows"):
        outliers(FEATURES, LABELS[:3])
    with pytest.raises(DataError, match="at least two training faces; got 1"):
        outliers(FEATURES, LABELS, np.arange(300) == 0)
