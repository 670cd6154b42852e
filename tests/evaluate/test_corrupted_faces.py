"""Scores on corrupted faces of a part of a split: scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sklearn
from statsmodels.stats.proportion import proportion_confint

from ferkit.evaluate.corrupted_faces import rescored
from ferkit.runs.robustness import RECALL

CLASSES = ("fear", "happy", "sad")
KINDS = [("as released", 0), ("blur", 1), ("blur", 2)]


@pytest.fixture
def stored() -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Scores, what 300 faces are predicted as, and their labels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=300)
    predicted = {f"{kind} {s}": np.where(rng.random(300) < 0.8 - 0.2 * s, labels, rng.integers(3, size=300)).astype(
        np.uint8) for kind, s in KINDS}  # fmt: skip
    scores = pd.DataFrame(
        [{"kind": kind, "strength": s, "amount": float(s), "n": 300, "accuracy": 0.5, "accuracy_low": 0.0,
          "accuracy_high": 1.0, "macro_f1": 0.5, **{RECALL + name: 0.5 for name in CLASSES}} for kind, s in KINDS]
    )  # fmt: skip
    return scores, pd.DataFrame({"id": [f"face {i}" for i in range(300)], **predicted}), labels


def test_every_score_is_scikit_learns(stored) -> None:  # type: ignore[no-untyped-def]
    scores, predicted, labels = stored
    rows = np.random.default_rng(1).permutation(300)[:120]
    found = rescored(scores, predicted, rows, labels[rows], CLASSES)
    assert found[["kind", "strength", "amount"]].equals(scores[["kind", "strength", "amount"]])
    for at, (kind, strength) in enumerate(KINDS):
        pred, row = predicted[f"{kind} {strength}"].to_numpy()[rows], found.iloc[at]
        hits = int((pred == labels[rows]).sum())
        assert row["n"] == 120 and row["accuracy"] == pytest.approx(hits / 120)
        ends = proportion_confint(hits, 120, method="wilson")
        assert (row["accuracy_low"], row["accuracy_high"]) == pytest.approx(ends)
        assert row["macro_f1"] == pytest.approx(sklearn.f1_score(labels[rows], pred, average="macro"))
        recall = sklearn.recall_score(labels[rows], pred, average=None)
        assert row[[RECALL + name for name in CLASSES]].tolist() == pytest.approx(recall)


def test_a_class_without_a_face_has_no_recall(stored) -> None:  # type: ignore[no-untyped-def]
    scores, predicted, labels = stored
    rows = np.flatnonzero(labels == 1)
    found = rescored(scores, predicted, rows, labels[rows], CLASSES)
    assert found[RECALL + "fear"].isna().all() and found[RECALL + "sad"].isna().all()
    np.testing.assert_allclose(found[RECALL + "happy"], found["accuracy"])
