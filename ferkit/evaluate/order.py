"""An order of classes that puts those a run confuses side by side, so that confusions gather along the diagonal."""

import numpy as np

from ferkit import metrics

__all__ = ["by_confusion"]


def by_confusion(matrix: np.ndarray) -> np.ndarray:
    """Confusion matrix (C, C) -> order of its classes, int (C,); the same matrix always gives the same order.

    The two groups of classes that are confused most are joined until one is left (Sokal and Michener 1958, average
    linkage), each turned so that the classes that meet are as similar as can be. Two classes are as similar as the mean
    share of one that is predicted as the other.
    """
    share = metrics.shares(matrix, "row")
    similar = (share + share.T) / 2
    groups = [[i] for i in range(len(similar))]
    while len(groups) > 1:
        i, j = _closest(groups, similar)
        joined = _joined(groups[i], groups[j], similar)
        groups = [*groups[:i], joined, *groups[i + 1 : j], *groups[j + 1 :]]
    order = np.array(groups[0] if groups else [], np.int64)
    return order[::-1] if len(order) and order[0] > order[-1] else order


def _closest(groups: list[list[int]], similar: np.ndarray) -> tuple[int, int]:
    """The pair of groups whose classes are most similar on average; of equal ones the first."""
    belongs = np.zeros((len(groups), len(similar)))
    for place, group in enumerate(groups):
        belongs[place, group] = 1 / len(group)
    between = belongs @ similar @ belongs.T
    between[np.tril_indices(len(groups))] = -1
    i, j = np.unravel_index(int(np.round(between, 12).argmax()), between.shape)
    return int(i), int(j)


def _joined(left: list[int], right: list[int], similar: np.ndarray) -> list[int]:
    ways = [(one, other) for one in (left, left[::-1]) for other in (right, right[::-1])]
    ways += [(other, one) for one, other in ways]
    one, other = max(ways, key=lambda way: round(float(similar[way[0][-1], way[1][0]]), 12))  # the first of equals
    return [*one, *other]
