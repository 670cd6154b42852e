"""Means per class, by hand."""

import numpy as np

from ferkit.explain.mean_maps import mean_maps


def test_means_by_hand() -> None:
    true, predicted = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    level = np.array([0.25, 0.75, 0.5, 1.0])
    maps = np.ones((4, 2, 2), np.float16) * level[:, None, None].astype(np.float16)
    true_maps = maps.copy()
    true_maps[2] = 0.125
    images = (np.ones((4, 3, 3, 3)) * np.array([10, 20, 31, 200])[:, None, None, None]).astype(np.uint8)
    table = mean_maps(images, true, predicted, maps, true_maps, 3)
    assert table["right"][:, 0, 0].tolist() == [0.5, 1.0, 0.0]
    assert table["wrong"][:, 0, 0].tolist() == [0.125, 0.0, 0.0]
    assert table["predicted"][:, 0, 0].tolist() == [0.5, 0.75, 0.0]
    assert (table["right_n"].tolist(), table["wrong_n"].tolist(), table["predicted_n"].tolist()) == (
        [2, 1, 0],
        [1, 0, 0],
        [2, 2, 0],
    )
    assert table["faces"].shape == (3, 3, 3, 3)
    assert table["faces"][:, 0, 0, 0].tolist() == [20, 200, 0]
    assert table["faces"].dtype == np.uint8
