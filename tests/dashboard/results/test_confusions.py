"""Confusions in words, from a matrix done by hand."""

import numpy as np
import pytest

from dashboard.results import confusions
from dashboard.state import Selection

NAMES = ("fear", "sad", "happy")
COUNTS = np.array([[4, 5, 1], [1, 8, 1], [0, 0, 20]])  # rows true, columns predicted


def test_the_worst_class_is_the_one_with_the_lowest_recall() -> None:
    assert confusions.worst_class(COUNTS, NAMES) == (
        "fear has the lowest recall: 40% of 10 faces; most often predicted as sad (50%)."
    )
    assert confusions.worst_class(np.diag([3, 2, 1]), NAMES) == "Every face of this split is classified correctly."
    absent = np.array([[0, 0, 0], [1, 1, 0], [0, 0, 2]])
    assert confusions.worst_class(absent, NAMES).startswith("sad has the lowest recall: 50% of 2 faces")


def test_the_most_frequent_confusions_leave_out_empty_cells() -> None:
    rows = confusions.most_frequent(COUNTS, NAMES, 9)
    assert [(row.true, row.pred, row.count) for row in rows] == [
        ("fear", "sad", 5),
        ("fear", "happy", 1),
        ("sad", "fear", 1),
        ("sad", "happy", 1),
    ]
    assert rows[0].share == pytest.approx(0.5)
    assert len(confusions.most_frequent(COUNTS, NAMES, 2)) == 2


@pytest.mark.parametrize(
    ("chosen", "n", "sentence"),
    [
        ({"true": "fear", "pred": "sad"}, 5, "**5 fear faces predicted as sad** · 50% of fear"),
        ({"true": "fear", "pred": "happy"}, 1, "**1 fear face predicted as happy** · 10% of fear"),
        ({"true": "sad", "pred": "sad"}, 8, "**8 sad faces classified correctly** · 80% of sad"),
        ({"true": "fear"}, 10, "**10 fear faces** · recall 40%"),
        ({"true": "fear", "outcome": "wrong"}, 6, "**6 fear faces misclassified** · 60% of fear"),
        ({"pred": "happy"}, 22, "**22 faces predicted as happy** · precision 91%"),
        (
            {"pred": "happy", "outcome": "wrong"},
            2,
            "**2 faces wrongly predicted as happy** · 9% of all predicted as happy",
        ),
        ({"outcome": "wrong"}, 8, "**8 faces misclassified** · 20% of 40"),
        ({"true": "no such class"}, 40, "**40 faces** · 80.0% correct"),
        ({}, 40, "**40 faces** · 80.0% correct"),
    ],
)
def test_a_selection_is_counted_in_words(chosen: dict[str, str], n: int, sentence: str) -> None:
    assert confusions.of_selection(COUNTS, NAMES, Selection(**chosen), n) == sentence
