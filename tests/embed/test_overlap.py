"""How the neighbours of each class are labelled."""

import numpy as np

from ferkit.embed.overlap import EXACT, NEAREST, mixing, near_classes


def test_neighbours_of_two_far_groups_are_their_own() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal([9, 0], 0.1, (40, 2)), rng.normal([0, 9], 0.1, (40, 2))])
    table = mixing(features, np.repeat([0, 1], 40), 3)
    np.testing.assert_allclose(table[:2, :2], [[1, 0], [0, 1]])
    assert np.isnan(table[2]).all()


def test_shares_are_those_of_scikit_learns_neighbours() -> None:
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(60, 8)), rng.integers(3, size=60)
    rows = NearestNeighbors(n_neighbors=NEAREST, metric="cosine").fit(features).kneighbors(return_distance=False)
    expected = np.stack([(labels[rows] == c).mean(1) for c in range(3)], axis=1)
    np.testing.assert_allclose(near_classes(features, labels, 3), expected, atol=1e-6)


def test_identical_faces_count_one_another_and_never_themselves() -> None:
    features = np.ones((NEAREST + 5, 4))
    shares = near_classes(features, np.zeros(NEAREST + 5, int), 2)
    np.testing.assert_allclose(shares, np.tile([1.0, 0.0], (NEAREST + 5, 1)))


def test_a_single_face_has_no_neighbour() -> None:
    assert near_classes(np.ones((1, 3)), np.zeros(1, int), 2).tolist() == [[0, 0]]
    assert np.isnan(mixing(np.ones((1, 3)), np.zeros(1, int), 2)).all()


def test_a_split_of_usual_size_is_counted_in_full_and_a_large_one_estimated() -> None:
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(EXACT + 1, 4)), rng.integers(2, size=EXACT + 1)
    features[:, 0] += 2 * labels
    shares = near_classes(features, labels, 2)
    exact = np.stack([shares[labels == c].mean(0) for c in range(2)])
    np.testing.assert_allclose(mixing(features, labels, 2), exact, atol=0.06)  # of 2 x 150 faces
    part = slice(None, EXACT // 4)
    shares = near_classes(features[part], labels[part], 2)
    exact = np.stack([shares[labels[part] == c].mean(0) for c in range(2)])
    np.testing.assert_allclose(mixing(features[part], labels[part], 2), exact, atol=1e-6)
