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


def test_shifts_are_recall_differences_with_the_smallest_p_first() -> None:
    n = 40
    labels = [0] * n + [1] * n
    ids = [str(i) for i in range(2 * n)]
    a = (table(ids, labels, [1] * n + [1] * n, AB), AB)
    b = (table(ids, labels, [0] * n + [1] * (n - 1) + [0], AB), AB)
    aligned = alignment.align({"a": a, "b": b})
    (first, shift, p), (second, less, luck) = alignment.shifts(aligned, "a", "b", paired(*aligned.logits, aligned.true))
    assert (first, shift, second) == ("Angry", 1.0, "happy") and p < 1e-6
    assert less == pytest.approx(-1 / n) and luck == 1.0
