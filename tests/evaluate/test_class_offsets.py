"""Class offsets: found where they are known, never dearer than allowed, and the same each time."""

import itertools

import numpy as np
import pytest

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate.calibration import cross_validate_offsets, fit_offsets, stratified_folds
from ferkit.evaluate.class_offsets import LARGEST, _ascend, _Faces, _out_of_bag, fit


def drawn(n: int = 4000, classes: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that classify equally frequent classes as well as can be."""
    random = np.random.default_rng(seed)
    true = np.arange(n) % classes
    x = random.normal(2.0 * np.eye(classes)[true], 1.0)
    return 2.0 * x, true


def accuracy(z: np.ndarray, true: np.ndarray) -> float:
    return float(np.mean(z.argmax(1) == true))


def test_known_offsets_are_recovered() -> None:
    z, true = drawn(20_000)
    known = np.array([0.9, -0.6, -0.3])
    np.testing.assert_allclose(fit(z - known, true, 1.0), known, atol=0.15)
    np.testing.assert_allclose(fit(z, true), 0, atol=0.15)


@pytest.mark.parametrize("cost", [0.0, 0.002, 0.02])
def test_they_never_cost_more_than_allowed_on_the_faces_of_the_fit(cost: float) -> None:
    for seed in range(5):
        z, true = drawn(300, seed=seed)
        z[:, 0] += 0.5  # wrong, but not for free
        keep = (true != 1) | (np.arange(300) % 9 == 1)  # a rare class
        offsets = fit(z[keep], true[keep], cost, resamples=5)
        assert accuracy(z[keep] + offsets, true[keep]) >= accuracy(z[keep], true[keep]) - cost - 1e-9
        assert abs(offsets.mean()) < 1e-12 and np.abs(offsets).max() <= LARGEST


def test_out_of_bag_a_face_is_read_with_the_resamples_it_is_not_in() -> None:
    fits = np.array([[1.0, -1.0], [3.0, -3.0], [5.0, -5.0]])
    counts = np.array([[0, 2, 1], [0, 0, 1], [3, 1, 1]])
    np.testing.assert_allclose(_out_of_bag(fits, counts), [[2, -2], [3, -3], [3, -3]])


def test_a_weak_class_gains() -> None:
    z, true = drawn()
    z[:, 2] -= 1.5
    before, after = (metrics.confusion(true, y.argmax(1), 3) for y in (z, z + fit(z, true)))
    assert metrics.recall(after)[2] > metrics.recall(before)[2] + 0.1
    assert metrics.g_mean(after) > metrics.g_mean(before)


def test_along_one_class_every_matrix_is_that_of_the_offset() -> None:
    from ferkit.evaluate.class_offsets import GRID

    z, true = drawn(60)
    weights = np.random.default_rng(1).integers(0, 3, 60).astype(float)
    offsets, faces = np.array([0.3, -0.2, -0.1]), _Faces(z, true, weights)
    matrices = faces.along(offsets, 1)
    for i in range(0, len(GRID), 7):
        moved = z + offsets * (np.arange(3) != 1) + GRID[i] * (np.arange(3) == 1)
        np.testing.assert_allclose(matrices[i], faces.matrix(moved.argmax(1)))


def test_an_ascent_of_two_classes_finds_the_best_threshold() -> None:
    z, true = drawn(400, classes=2)
    z[:, 0] += 1.1
    faces = _Faces(z, true, np.ones(400))
    found = _ascend(faces, metrics.balanced_accuracy)
    reached = metrics.balanced_accuracy(faces.matrix((z + found).argmax(1)))
    shifts = np.arange(-3, 3.01, 0.05)
    best = max(metrics.balanced_accuracy(faces.matrix((z + np.array([0, shift])).argmax(1))) for shift in shifts)
    assert reached == pytest.approx(best)


def test_two_classes_and_classes_without_a_face_are_fitted() -> None:
    z, true = drawn(400, classes=2)
    assert fit(z - [0.8, 0], true)[0] > 0.2
    wide = np.column_stack([z, np.full((400, 2), -50.0)])
    offsets = fit(wide, true)
    assert offsets.shape == (4,) and np.isfinite(offsets).all() and offsets[2] == pytest.approx(offsets[3])
    np.testing.assert_array_equal(fit(z[:1], true[:1]), [0, 0])


def test_the_same_faces_give_the_same_offsets() -> None:
    z, true = drawn(500)
    np.testing.assert_array_equal(fit(z, true), fit(z.copy(), true.copy()))
    assert not np.array_equal(fit(z - [1, 0, 0], true, seed=1), fit(z - [1, 0, 0], true, seed=2))


def test_a_held_out_face_takes_no_part_in_its_offsets() -> None:
    z, true = drawn(300)
    z[:, 2] -= 1.5
    before = cross_validate_offsets(z, true)
    changed, held_out = z.copy(), stratified_folds(true, 5) == 2
    changed[held_out] *= -1
    after = cross_validate_offsets(changed, true)
    assert after.folds[2] == before.folds[2] and after.folds[1] != before.folds[1]
    assert before.confusion.sum() == 300 and before.seed == 0
    np.testing.assert_allclose(before.g_mean, np.prod(before.recall) ** (1 / 3))


def test_the_temperature_is_that_of_the_logits_with_offsets() -> None:
    z, true = drawn()
    found = fit_offsets(3 * z, true)
    moved = 3 * z + np.array(found.offsets)
    assert found.temperature == metrics.fit_adaptive_temperature(moved, true)
    np.testing.assert_allclose(found.probabilities(3 * z), metrics.softmax(moved, found.temperature), rtol=1e-9)


BAD = (
    (np.zeros((0, 3)), np.zeros(0, int)),
    (np.zeros((4, 3)), np.zeros(3, int)),
    (np.zeros((4, 1)), np.zeros(4, int)),
    (np.full((4, 3), np.nan), np.zeros(4, int)),
    (np.zeros((4, 3)), np.full(4, 3)),
)


@pytest.mark.parametrize(("z", "true"), BAD)
def test_what_is_not_logits_and_classes_is_refused_in_a_sentence(z: np.ndarray, true: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"\.$"):
        fit(z, true)


def test_a_cost_is_a_share() -> None:
    z, true = drawn(30)
    for cost, resamples in itertools.product([-0.1, 1.1, float("nan")], [1]):
        with pytest.raises(DataError, match="from 0 to 1"):
            fit(z, true, cost, resamples=resamples)
