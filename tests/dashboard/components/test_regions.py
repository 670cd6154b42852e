"""Regions as paths: they cover exactly their pixels."""

import re

import numpy as np

from dashboard.components.regions import outline


def test_a_path_covers_exactly_its_pixels() -> None:
    mask = np.random.default_rng(0).random((9, 11)) > 0.5
    covered = np.zeros_like(mask)
    for x, y, wide, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h(-\d+)z", outline(mask)):
        assert int(wide) == -int(back)
        covered[int(y), int(x) : int(x) + int(wide)] = True
    assert (covered == mask).all() and outline(np.zeros((3, 3), bool)) == ""
