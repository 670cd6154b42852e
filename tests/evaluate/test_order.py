"""Classes side by side that are confused."""

import itertools

import numpy as np

from ferkit.evaluate.order import by_confusion


def confused(*pairs: tuple[int, int], classes: int) -> np.ndarray:
    matrix = np.eye(classes, dtype=int) * 80
    for i, j in pairs:
        matrix[i, j] = matrix[j, i] = 20
    return matrix


def test_pairs_stand_together() -> None:
    order = by_confusion(confused((0, 3), (1, 4), (2, 5), classes=6)).tolist()
    assert sorted(order) == list(range(6))
    assert all(abs(order.index(i) - order.index(i + 3)) == 1 for i in range(3))


def test_a_chain_is_laid_out_in_a_line() -> None:
    chain = [2, 0, 4, 1, 3]
    matrix = confused(*itertools.pairwise(chain), classes=5)
    assert by_confusion(matrix).tolist() == chain  # of two directions the one that begins with the smaller class


def test_frequent_classes_do_not_decide() -> None:
    """A rare class that is taken for 2 in half of its cases stands beside 2, though 0 and 1 are confused more often."""
    matrix = np.array([[800, 200, 0, 0], [200, 800, 0, 0], [30, 0, 900, 0], [0, 0, 5, 5]])
    order = by_confusion(matrix).tolist()
    assert abs(order.index(2) - order.index(3)) == 1
    assert abs(order.index(0) - order.index(1)) == 1


def test_the_order_is_always_the_same_and_whole() -> None:
    matrix = np.random.default_rng(0).integers(0, 50, (20, 20))
    first = by_confusion(matrix)
    assert sorted(first.tolist()) == list(range(20))
    np.testing.assert_array_equal(first, by_confusion(matrix.copy()))
    assert by_confusion(np.zeros((3, 3), int)).tolist() == [0, 1, 2]
    assert by_confusion(np.array([[4]])).tolist() == [0]
    assert by_confusion(np.zeros((0, 0), int)).tolist() == []
