"""In which parts two faces differ."""

import numpy as np

from ferkit.explain.part_differences import part_differences, usual_differences


def masks() -> np.ndarray:
    upper = np.zeros((2, 8, 8), bool)
    upper[0, :4], upper[1, 4:] = True, True
    return upper


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(60, 200, (n, 8, 8), dtype=np.uint8)


def test_only_the_changed_part_differs() -> None:
    face = noise(1)[0]
    changed = face.copy()
    changed[5:7, 2:6] = 255 - changed[5:7, 2:6]
    gaps = part_differences(face, changed, masks())
    assert gaps[1] > 3 * gaps[0]


def test_brightness_contrast_and_the_side_do_not_count() -> None:
    face = noise(1)[0]
    other = (face[:, ::-1] // 2 + 40).astype(np.uint8)
    assert part_differences(face, other, masks()).max() < 0.03
    assert part_differences(np.stack([face] * 3, 2), face, masks()).max() < 1e-9


def test_the_usual_difference_is_the_mean_over_pairs() -> None:
    two = noise(2)
    np.testing.assert_allclose(usual_differences(two, masks()), part_differences(two[0], two[1], masks()))
