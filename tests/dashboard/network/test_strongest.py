"""What a unit sees of a face, cut out."""

import numpy as np

from dashboard.network.strongest import DIM, TILE, cut_out
from ferkit.explain.receptive_field import Field


def test_only_what_the_unit_sees_is_lit() -> None:
    image = np.full((48, 48), 200, np.uint8)
    shown = cut_out(image, (Field(-1, 11, 12), Field(-1, 11, 12)), (1, 2), 44, 48)  # rows 11 to 23, columns 23 to 35
    lit, scale = shown == 200, 2 * TILE / 48
    assert shown.shape == (2 * TILE, 2 * TILE) and set(np.unique(shown)) == {int(200 * DIM), 200}
    rows, columns = np.flatnonzero(lit.any(1)), np.flatnonzero(lit.any(0))
    assert (rows[0], rows[-1] + 1) == (round(13 * scale), round(25 * scale))  # the network reads from pixel 2 on
    assert (columns[0], columns[-1] + 1) == (round(25 * scale), round(37 * scale))


def test_a_unit_that_sees_everything_darkens_nothing() -> None:
    image = np.full((48, 48, 3), 90, np.uint8)
    assert (cut_out(image, None, (0, 0), 48, 48) == 90).all()
