"""Scores against scikit-learn, and what is small enough by hand."""

import numpy as np
import pytest
from scipy import optimize, stats
from sklearn import metrics as reference

from ferkit import metrics

CLASSES = ("a", "b", "c", "d", "e")


@pytest.fixture(params=["every class", "one class missing"])
def scored(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    """Logits (400, 5) that are right about half the time, and true classes; perhaps without class 3, which is predicted
    all the same."""
    rng = np.random.default_rng(3)
    true = rng.choice([0, 1, 2, 4] if "missing" in request.param else 5, 400)
    logits = rng.normal(size=(400, 5)).astype(np.float32)
    logits[np.arange(400), true] += 1.2
    assert (logits.argmax(1) == 3).any()
    return logits, true


def test_confusion_by_hand() -> None:
    matrix = metrics.confusion(np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 0, 2, 2]), 3)
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_small_labels_do_not_overflow() -> None:
    true = np.full(10, 19, np.int8)
    assert metrics.confusion(true, np.full(10, 18), 20)[19, 18] == 10


def test_scores_are_those_of_scikit_learn(scored: tuple[np.ndarray, np.ndarray]) -> None:
    logits, true = scored
    pred, probabilities = logits.argmax(1), metrics.softmax(logits)
    matrix = metrics.confusion(true, pred, 5)
    assert (matrix == reference.confusion_matrix(true, pred, labels=range(5))).all()
    precision, recall, f1, support = reference.precision_recall_fscore_support(
        true, pred, labels=range(5), zero_division=0
    )
    np.testing.assert_allclose(metrics.precision(matrix), precision)
    np.testing.assert_allclose(metrics.recall(matrix), recall)
    np.testing.assert_allclose(metrics.f1(matrix), f1)
    np.testing.assert_array_equal(matrix.sum(1), support)
    assert metrics.accuracy(matrix) == pytest.approx(reference.accuracy_score(true, pred))
    assert metrics.macro_f1(matrix) == pytest.approx(reference.f1_score(true, pred, average="macro", zero_division=0))
    assert metrics.balanced_accuracy(matrix) == pytest.approx(recall[support > 0].mean())
    assert metrics.g_mean(matrix) == pytest.approx(stats.gmean(recall[support > 0]))
    assert metrics.top_k(logits, true, 2) == pytest.approx(
        reference.top_k_accuracy_score(true, logits, k=2, labels=range(5))
    )
    assert metrics.negative_log_likelihood(probabilities, true) == pytest.approx(
        reference.log_loss(true, probabilities, labels=range(5))
    )


def test_probabilities_of_huge_logits_are_finite() -> None:
    p = metrics.softmax(np.array([[1e4, 0.0], [-1e4, 0.0], [3.0, 3.0]], np.float32))
    np.testing.assert_allclose(p, [[1, 0], [0, 1], [0.5, 0.5]])


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_the_temperature_is_where_the_likelihood_is_best(scored: tuple[np.ndarray, np.ndarray], scale: float) -> None:
    logits, true = scored[0] * scale, scored[1]
    temperature = metrics.fit_temperature(logits, true)
    cost = lambda t: metrics.negative_log_likelihood(metrics.softmax(logits, t), true)  # noqa: E731
    best = optimize.minimize_scalar(cost, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-6})
    assert temperature == pytest.approx(best.x, rel=1e-3)
    scores = metrics.scores(logits, true, CLASSES, temperature=metrics.Temperature(temperature))
    assert scores["temperature"] == temperature and scores["temperature_slope"] == 0
    assert scores["nll"] == pytest.approx(cost(temperature)) and scores["nll_uncalibrated"] == pytest.approx(cost(1.0))
    assert scores["nll"] <= scores["nll_uncalibrated"]


def test_a_temperature_stays_finite_when_every_answer_is_right() -> None:
    assert metrics.fit_temperature(np.eye(3)[[0, 1, 2]], np.array([0, 1, 2])) == pytest.approx(0.05, rel=1e-3)
    assert metrics.fit_temperature(np.eye(3)[[0, 1, 2]], np.array([1, 2, 0])) == pytest.approx(20, rel=1e-3)


def test_calibration_error_by_hand() -> None:
    """Two bins of two: 0.9 and 0.9 with one right, 0.6 and 0.6 with both right: (2 |0.5 - 0.9| + 2 |1 - 0.6|) / 4."""
    p = np.array([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4], [0.4, 0.6]])
    assert metrics.expected_calibration_error(p, np.array([0, 0, 0, 1]), bins=10) == pytest.approx(0.4)


def test_sure_and_right_is_perfectly_calibrated() -> None:
    assert metrics.expected_calibration_error(np.eye(3), np.arange(3)) == 0


def test_interval_is_that_of_resampled_faces(scored: tuple[np.ndarray, np.ndarray]) -> None:
    logits, true = scored
    pred = logits.argmax(1)
    matrix = metrics.confusion(true, pred, 5)
    rng = np.random.default_rng(0)
    drawn = [metrics.confusion(true[rows], pred[rows], 5) for rows in rng.integers(0, 400, (2000, 400))]
    for score in (metrics.accuracy, metrics.macro_f1):
        expected = np.quantile(score(np.array(drawn)), [0.025, 0.975])
        low, high = metrics.interval(matrix, score)
        assert low < score(matrix) < high
        np.testing.assert_allclose((low, high), expected, atol=0.01)


def test_interval_covers_the_truth() -> None:
    """Of 200 samples of a coin that lands right 7 times in 10, about 95% must have 0.7 in their interval."""
    rng, covered = np.random.default_rng(1), 0
    for _ in range(200):
        right = rng.binomial(300, 0.7)
        low, high = metrics.interval(
            np.diag([right, 0]) + np.array([[0, 300 - right], [0, 0]]), metrics.accuracy, draws=400
        )
        covered += low <= 0.7 <= high
    assert 180 <= covered <= 199


def test_interval_has_a_seed(scored: tuple[np.ndarray, np.ndarray]) -> None:
    matrix = metrics.confusion(scored[1], scored[0].argmax(1), 5)
    assert metrics.interval(matrix, metrics.accuracy) == metrics.interval(matrix, metrics.accuracy)
    assert metrics.interval(matrix, metrics.accuracy) != metrics.interval(matrix, metrics.accuracy, seed=1)


def test_scores_are_given_with_and_without_duplicates(scored: tuple[np.ndarray, np.ndarray]) -> None:
    logits, true = scored
    leaked = np.arange(400) < 100
    scores = metrics.scores(logits, true, CLASSES, leaked)
    alone = metrics.scores(logits[100:], true[100:], CLASSES)
    assert scores["n"] == 400
    assert scores["dedup"]["n"] == 300
    assert scores["dedup"] == {key: alone[key] for key in scores["dedup"]}
    assert list(scores["per_class"]) == list(CLASSES)
    assert sum(row["support"] for row in scores["per_class"].values()) == 400
    assert all(
        row["recall_interval"][0] <= row["recall"] <= row["recall_interval"][1] for row in scores["per_class"].values()
    )


def test_all_faces_leaked_does_not_crash(scored: tuple[np.ndarray, np.ndarray]) -> None:
    scores = metrics.scores(*scored, CLASSES, np.ones(400, bool))
    assert (scores["dedup"]["n"], scores["dedup"]["accuracy"]) == (0, 0.0)


def test_recall_intervals_are_wilsons_and_never_a_point() -> None:
    matrix = np.array([[0, 56, 0], [3, 90, 7], [0, 0, 0]])
    low, high = metrics.recall_intervals(matrix)
    for i, (k, n) in enumerate(((0, 56), (90, 100))):
        ends = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert (low[i], high[i]) == pytest.approx((ends.low, ends.high), abs=1e-9)
    assert 0 <= low[0] < 1e-12 and high[0] > 0.05 and 0 <= low[2] <= high[2] <= 1


def test_recall_intervals_of_a_stack_are_those_of_its_matrices() -> None:
    stack = np.random.default_rng(0).integers(0, 30, (2, 3, 4, 4))
    ends = metrics.recall_intervals(stack)
    assert ends.shape == (2, 2, 3, 4)
    np.testing.assert_array_equal(ends[:, 1, 2], metrics.recall_intervals(stack[1, 2]))


def test_bootstrap_intervals_hold_the_score_and_narrow_with_more_faces() -> None:
    matrix = np.array([[30, 10], [5, 15]])
    low, high = metrics.intervals(matrix, metrics.recall)
    assert (low < metrics.recall(matrix)).all() and (metrics.recall(matrix) < high).all()
    closer = metrics.intervals(matrix * 100, metrics.recall)
    assert (closer[1] - closer[0] < high - low).all()


def test_shares_by_hand() -> None:
    matrix = np.array([[3, 1], [0, 0]])
    assert metrics.shares(matrix, "row").tolist() == [[0.75, 0.25], [0, 0]]
    assert metrics.shares(matrix, "column").tolist() == [[1, 1], [0, 0]]
    assert metrics.shares(matrix, "count").tolist() == [[3, 1], [0, 0]]
    assert metrics.shares(np.stack([matrix, matrix.T]), "row").shape == (2, 2, 2)
