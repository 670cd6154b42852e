"""Two vocabularies, one set of classes."""

import pytest

from ferkit.errors import DataError
from ferkit.evaluate.labels import UNKNOWN, label_map


def test_any_order_and_any_case() -> None:
    assert label_map(("angry", "Happy", "sad"), ("SAD", "angry ")).tolist() == [2, 0]


def test_the_exact_name_comes_first() -> None:
    assert label_map(("Happy", "happy"), ("happy", "Happy", "HAPPY")).tolist() == [1, 0, 1]


def test_a_class_the_run_does_not_have_is_marked() -> None:
    assert label_map(("angry", "sad"), ("sad", "Ahegao", "angry")).tolist() == [1, UNKNOWN, 0]


def test_one_shared_class_is_too_few_unless_the_dataset_has_no_other() -> None:
    with pytest.raises(DataError, match="does not know contempt, bored; it knows angry, sad"):
        label_map(("angry", "sad"), ("angry", "contempt", "bored"))
    assert label_map(("angry", "sad"), ("sad",)).tolist() == [1]
