"""The effect of corrected labels: the same predictions against two sets of labels."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, f1_score

from ferkit.data.corrections import Corrections
from ferkit.errors import DataError, RunError
from ferkit.evaluate.corrections import effect, of_labels
from ferkit.runs import open_run
from tests.worlds import World


def drawn(n: int = 800, classes: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    before = rng.integers(0, classes, n)
    after = np.where(rng.random(n) < 0.1, rng.integers(0, classes, n), before)
    predicted = np.where(rng.random(n) < 0.6, after, rng.integers(0, classes, n))
    return before, after, predicted


def test_scores_are_scikit_learns_and_the_test_is_scipys() -> None:
    before, after, predicted = drawn()
    found = of_labels(before, after, predicted, 4)
    assert found.before["accuracy"] == pytest.approx(accuracy_score(before, predicted))
    assert found.after["macro_f1"] == pytest.approx(f1_score(after, predicted, average="macro"))
    assert found.accuracy == pytest.approx(accuracy_score(after, predicted) - accuracy_score(before, predicted))
    assert found.changed.tolist() == np.flatnonzero(before != after).tolist()
    p = stats.binomtest(len(found.fixed), len(found.fixed) + len(found.broken)).pvalue
    assert found.p == pytest.approx(p)


def test_the_interval_is_paired() -> None:
    before, after, predicted = drawn()
    found = of_labels(before, after, predicted, 4)
    difference = (predicted == after).astype(float) - (predicted == before)
    expected = stats.norm.interval(0.95, difference.mean(), stats.sem(difference))
    np.testing.assert_allclose(found.accuracy_interval, expected, atol=0.004)
    bootstrap = stats.bootstrap((before, after, predicted), _macro_f1, paired=True, vectorized=False, n_resamples=400,
                                method="percentile", rng=np.random.default_rng(0))  # fmt: skip
    np.testing.assert_allclose(found.macro_f1_interval, bootstrap.confidence_interval, atol=0.006)


def _macro_f1(before: np.ndarray, after: np.ndarray, predicted: np.ndarray) -> float:
    matrices = [np.bincount(labels * 4 + predicted, minlength=16).reshape(4, 4) for labels in (before, after)]
    scores = [(2 * np.diag(m) / (m.sum(0) + m.sum(1))).mean() for m in matrices]
    return float(scores[1] - scores[0])


def test_of_a_run(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    results = open_run("alpha").results()
    table, predicted = results.predictions("val"), results.logits("val").argmax(1)
    wrong = np.flatnonzero(predicted != table["label"].to_numpy())[:3]
    names = [results.classes[i].upper() for i in predicted[wrong]]
    given = Corrections("mine.csv", dict(zip(table["id"].to_numpy()[wrong], names, strict=True)))
    found = effect(results, "val", given)
    assert found.fixed.tolist() == wrong.tolist() and not len(found.broken)
    assert found.accuracy == pytest.approx(3 / len(table))
    assert "With 3 corrected labels accuracy is" in found.sentence and "p = 0.25" in found.sentence
    assert found.as_json()["labels"] == 3
    with pytest.raises(DataError, match="corrects no face of val"):
        effect(results, "val", Corrections("mine.csv", {"nobody": results.classes[0]}))
    with pytest.raises(RunError):
        effect(results, "test", given)


def test_nothing_changed_is_said() -> None:
    labels = np.array([0, 1, 1])
    found = of_labels(labels, labels, labels, 2)
    assert found.sentence == "No label of these 3 faces is corrected." and found.p == 1
