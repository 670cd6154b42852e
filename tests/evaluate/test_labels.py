"""Two vocabularies, one set of classes."""

import pytest

from ferkit.errors import DataError
from ferkit.evaluate.labels import label_map


def test_any_order_and_any_case() -> None:
    assert label_map(("angry", "Happy", "sad"), ("SAD", "angry ")).tolist() == [2, 0]


def test_the_exact_name_comes_first() -> None:
    assert label_map(("Happy", "happy"), ("happy", "Happy", "HAPPY")).tolist() == [1, 0, 1]


def test_an_unknown_class_is_named_beside_the_known_ones() -> None:
    with pytest.raises(DataError, match="does not know contempt, bored; it knows angry, sad"):
        label_map(("angry", "sad"), ("angry", "contempt", "bored"))
