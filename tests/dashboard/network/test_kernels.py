"""Kernels: what they respond to, and which are shown first."""

import numpy as np

from dashboard.network.kernels import describe, duplicates, select, views


def test_edges_and_brightness_are_distinguished() -> None:
    edge, blur, dead = np.array([[1, 0, -1]] * 3), np.ones((3, 3)), np.full((3, 3), 1e-4)
    sentence = describe(np.stack([edge, blur, dead])[:, None].astype(np.float32))
    assert sentence.startswith("**1 of 3 kernels detect edges**")
    assert "2 brightness" in sentence and "0 both; 1 is nearly dead" in sentence


def test_kernels_are_sorted_by_strength() -> None:
    weights = np.random.default_rng(0).normal(size=(5, 7, 3, 3)).astype(np.float32)
    norms = np.sqrt((weights**2).sum((2, 3)))
    shown = select(weights, "slices")
    assert shown.total == 35 and shown.strengths[0] == 1 and (np.diff(shown.strengths) <= 0).all()
    np.testing.assert_allclose(norms[shown.channels, shown.inputs] / norms.max(), shown.strengths, rtol=1e-6)
    strongest = select(weights, "slice")
    assert (norms.argmax(1)[strongest.channels] == strongest.inputs).all()
    assert (select(weights, "mean").inputs == -1).all()


def test_views_depend_on_the_input_channels() -> None:
    weights = np.ones((2, 7, 3, 3), np.float32)
    assert views(weights) == ["slice", "mean", "slices"]
    assert views(weights[:, :3])[0] == "colour" and views(weights[:, :1]) == ["slice"]
    assert select(weights[:, :3], "colour").images.shape == (2, 3, 3, 3)


def test_kernels_of_zeros_do_no_harm() -> None:
    zeros = np.zeros((2, 1, 3, 3), np.float32)
    assert "2 brightness" in describe(zeros) and len(select(zeros, "slice").images) == 2


def test_near_duplicates_are_counted_and_the_dead_are_not_among_them() -> None:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(6, 4, 3, 3)).astype(np.float32)
    assert duplicates(weights) == 0
    weights[3] = 2 * weights[0]  # as large as it may be
    weights[4] = -weights[1]  # the opposite is none
    weights[5] = 1e-4 * weights[2]
    assert duplicates(weights) == 2 and "2 have a near-duplicate" in describe(weights)


def test_kernels_are_sorted_by_activity_where_it_is_given() -> None:
    weights = np.random.default_rng(0).normal(size=(5, 7, 3, 3)).astype(np.float32)
    shown = select(weights, "slice", np.array([0.1, 0.5, 0.2, 0.0, 0.4]))
    assert shown.channels.tolist() == [1, 4, 2, 0, 3] and shown.strengths[0] == 1
