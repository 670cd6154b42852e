"""Runs joined by id and class name, and tested in pairs."""

import numpy as np
import pandas as pd
import pytest

from ferkit.errors import RunError
from ferkit.evaluate import alignment
from ferkit.evaluate.compare import paired
from ferkit.runs import LOGIT

AB, BA = ("Angry", "happy"), ("happy", "angry")


def table(
    ids: list[str], labels: list[int], preds: list[int], classes: tuple[str, ...], leaked: list[bool] | None = None
) -> pd.DataFrame:
    logits = np.eye(len(classes), dtype=np.float32)[preds]
    columns = {LOGIT + name: logits[:, i] for i, name in enumerate(classes)}
    return pd.DataFrame({"id": ids, "label": labels, "leaked": leaked or [False] * len(ids), **columns})


def test_runs_are_joined_by_id_and_by_class_name() -> None:
    a = (table(["x", "y", "z"], [0, 1, 1], [0, 1, 0], AB), AB)
    b = (table(["z", "y", "w"], [0, 0, 1], [0, 1, 1], BA), BA)
    aligned = alignment.align({"a": a, "b": b})
    assert aligned.classes == AB
    assert aligned.true.tolist() == [1, 1]  # y, z
    assert aligned.pred("a").tolist() == [1, 0] and aligned.pred("b").tolist() == [0, 1]
    assert aligned.rows.tolist() == [[1, 2], [1, 0]] and aligned.sizes == (3, 3)
    test = paired(*aligned.logits, aligned.true)
    assert (len(test.fixed), len(test.broken), test.accuracy) == (1, 1, 0.0)


def test_rows_are_indices_of_the_full_table_when_leaked_faces_are_left_out() -> None:
    stored = (table(["x", "y", "z"], [0, 1, 1], [0, 1, 0], AB, [True, False, False]), AB)
    aligned = alignment.align({"a": stored, "b": stored}, dedup=True)
    assert aligned.rows[0].tolist() == [1, 2] and aligned.sizes == (2, 2)


def test_a_class_that_a_run_lacks_is_never_its_prediction() -> None:
    three = ("angry", "happy", "sad")
    aligned = alignment.align({"a": (table(["x"], [1], [0], AB), AB), "b": (table(["x"], [1], [2], three), three)})
    assert aligned.classes == ("Angry", "happy", "sad")
    assert aligned.pred("a").tolist() == [0] and aligned.pred("b").tolist() == [2]
    assert aligned.matrix("b").tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_no_face_in_common_and_different_labels_are_errors() -> None:
    with pytest.raises(RunError, match="no face in common"):
        alignment.align({"a": (table(["x"], [0], [0], AB), AB), "b": (table(["y"], [0], [0], AB), AB)})
    with pytest.raises(RunError, match="different labels"):
        alignment.align({"a": (table(["x"], [0], [0], AB), AB), "b": (table(["x"], [1], [0], AB), AB)})


def test_some_of_the_faces_are_the_same_runs_on_these() -> None:
    logits = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    rows = np.array([[4, 5, 6, 7], [0, 1, 2, 3]])
    whole = alignment.Aligned(("a", "b"), ("x", "y", "z"), np.array([0, 1, 2, 0]), logits, rows, (9, 4), ("key",))
    part = whole.select(np.array([True, False, True, False]))
    assert part.true.tolist() == [0, 2] and part.rows.tolist() == [[4, 6], [0, 2]]
    np.testing.assert_array_equal(part.logits, logits[:, [0, 2]])
    assert part.key != whole.key and part.key == whole.select(np.array([True, False, True, False])).key
    assert whole.select(np.ones(4, bool)) is whole
