"""Two runs on the same faces: the test, the intervals, the sentence."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from ferkit.errors import DataError
from ferkit.evaluate.compare import paired
from ferkit.metrics import confusion, macro_f1


def logits_of(pred: np.ndarray, classes: int = 4) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[pred]


@pytest.fixture
def three() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True classes of 600 faces, and the words of a run and of a better one."""
    rng = np.random.default_rng(0)
    true = rng.integers(0, 4, 600)
    a = np.where(rng.random(600) < 0.55, true, rng.integers(0, 4, 600))
    b = np.where(rng.random(600) < 0.35, true, a)
    return true, a, b


def test_fixed_and_broken_by_hand() -> None:
    true = np.array([0, 1, 2, 3, 0])
    result = paired(logits_of(np.array([0, 0, 2, 3, 1])), logits_of(np.array([1, 1, 2, 3, 2])), true)
    assert (result.fixed.tolist(), result.broken.tolist(), result.n) == ([1], [0], 5)
    assert result.accuracy == 0
    assert result.verdict == "A tie: no difference in accuracy, p = 1."


def test_a_better_run_is_called_better(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    result = paired(logits_of(a), logits_of(b), true)
    assert result.accuracy == pytest.approx((b == true).mean() - (a == true).mean())
    assert result.macro_f1 == pytest.approx(f1_score(true, b, average="macro") - f1_score(true, a, average="macro"))
    assert 0 < result.accuracy_interval[0] < result.accuracy < result.accuracy_interval[1]
    assert result.macro_f1_interval[0] < result.macro_f1 < result.macro_f1_interval[1]
    assert result.sure
    assert result.verdict.startswith(f"B is better by {100 * result.accuracy:.1f} points [")
    assert result.sentence("lenet", "resnet").startswith("resnet is better")


def test_turned_round_everything_changes_sign(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    forth, back = paired(logits_of(a), logits_of(b), true), paired(logits_of(b), logits_of(a), true)
    assert back.accuracy == pytest.approx(-forth.accuracy)
    assert back.p == forth.p
    assert back.fixed.tolist() == forth.broken.tolist()
    for score in ("accuracy_interval", "macro_f1_interval"):
        low, high = getattr(forth, score)
        assert getattr(back, score) == pytest.approx((-high, -low))
    assert back.verdict.startswith("A is better by")


def test_intervals_are_those_of_resampled_faces(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    result = paired(logits_of(a), logits_of(b), true)
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 600, (800, 600))
    accuracy = [(b[r] == true[r]).mean() - (a[r] == true[r]).mean() for r in rows]
    f1 = [macro_f1(confusion(true[r], b[r], 4)) - macro_f1(confusion(true[r], a[r], 4)) for r in rows]
    np.testing.assert_allclose(result.accuracy_interval, np.quantile(accuracy, [0.025, 0.975]), atol=0.012)
    np.testing.assert_allclose(result.macro_f1_interval, np.quantile(f1, [0.025, 0.975]), atol=0.015)


def test_a_run_ties_with_itself(three: tuple[np.ndarray, ...]) -> None:
    true, a, _ = three
    result = paired(logits_of(a), logits_of(a), true)
    assert (result.p, result.accuracy_interval, result.macro_f1_interval) == (1, (0, 0), (0, 0))
    assert not result.sure


def test_a_small_lead_is_a_tie() -> None:
    true = np.zeros(1000, int)
    a, b = np.zeros(1000, int), np.zeros(1000, int)
    a[:12], b[8:18] = 1, 1
    result = paired(logits_of(a), logits_of(b), true)
    assert result.verdict.startswith("A tie: B is ahead by 0.2 points [−")
    true, a, b = (np.zeros(4000, int) for _ in range(3))
    a[0] = 1
    assert paired(logits_of(a), logits_of(b), true).verdict.startswith("A tie: B is ahead by under 0.1 points [")


@pytest.mark.parametrize("sizes", [(3, 4, 3), (3, 3, 2), (0, 0, 0)])
def test_other_faces_are_refused(sizes: tuple[int, int, int]) -> None:
    a, b, true = (np.zeros(n, int) for n in sizes)
    with pytest.raises(DataError, match="same faces"):
        paired(logits_of(a), logits_of(b), true)
