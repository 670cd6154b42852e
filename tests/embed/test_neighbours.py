"""Neighbours and places of new faces."""

import numpy as np
import pytest

from ferkit.embed.neighbours import nearest, place
from ferkit.errors import DataError


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(50, 8)).astype(np.float16)


def test_a_face_finds_itself_first(features: np.ndarray) -> None:
    rows, alike = nearest(features, features, 3)
    assert rows[:, 0].tolist() == list(range(50))
    np.testing.assert_allclose(alike[:, 0], 1, atol=1e-6)
    assert (np.diff(alike, axis=1) <= 0).all()


def test_the_same_as_by_hand(features: np.ndarray) -> None:
    f = features.astype(np.float64)
    query = np.random.default_rng(1).normal(size=8)
    cosine = f @ query / np.linalg.norm(f, axis=1) / np.linalg.norm(query)
    rows, alike = nearest(features, query, 5)
    assert rows.tolist() == np.argsort(-cosine)[:5].tolist()
    np.testing.assert_allclose(alike, np.sort(cosine)[::-1][:5], atol=1e-6)


def test_length_does_not_matter(features: np.ndarray) -> None:
    rows, _ = nearest(features, features[7].astype(np.float32) * 100, 4)
    assert rows.tolist() == nearest(features, features[7], 4)[0].tolist()


def test_many_queries_as_one_by_one(features: np.ndarray) -> None:
    queries = np.random.default_rng(2).normal(size=(2100, 8))
    rows, _ = nearest(features, queries, 2)
    for i in (0, 1023, 1024, 2099):
        assert rows[i].tolist() == nearest(features, queries[i], 2)[0].tolist()


def test_k_is_clipped_and_zeros_are_like_nothing(features: np.ndarray) -> None:
    rows, alike = nearest(features[:3], np.zeros(8), 10)
    assert sorted(rows.tolist()) == [0, 1, 2]
    assert alike.tolist() == [0, 0, 0]
    assert nearest(features, np.empty((0, 8)), 3)[0].shape == (0, 3)


def test_features_of_another_run_are_refused(features: np.ndarray) -> None:
    with pytest.raises(DataError, match="as many features"):
        nearest(features, np.zeros(9), 1)


def test_a_known_face_lands_on_its_place(features: np.ndarray) -> None:
    xy = np.random.default_rng(3).normal(size=(50, 2)).astype(np.float32) * 10
    np.testing.assert_allclose(place(features, xy, features), xy, atol=1e-2)


def test_a_new_face_lands_among_its_neighbours(features: np.ndarray) -> None:
    xy = np.random.default_rng(3).normal(size=(50, 2)).astype(np.float32)
    query = np.random.default_rng(4).normal(size=(6, 8))
    where = place(features, xy, query)
    near = xy[nearest(features, query, 15)[0]]
    assert where.shape == (6, 2)
    assert ((near.min(1) <= where) & (where <= near.max(1))).all()


def test_the_map_may_be_moved_and_stretched(features: np.ndarray) -> None:
    xy = np.random.default_rng(3).normal(size=(50, 2))
    query = np.random.default_rng(4).normal(size=8)
    np.testing.assert_allclose(place(features, xy * 3 + 5, query), place(features, xy, query) * 3 + 5, rtol=1e-5)
    assert place(features, xy, query).shape == (1, 2)
