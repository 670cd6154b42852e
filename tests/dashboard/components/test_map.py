"""What the browser sends from a map: corners of a lasso and nothing else."""

from typing import Any

import pytest

from dashboard.components.map import CORNERS, polygon


def test_corners_are_rounded_as_an_address_rounds_them() -> None:
    assert polygon([[1.23456, -0.000123456], [1, 2], [3, 4]]) == ((1.235, -0.0001235), (1.0, 2.0), (3.0, 4.0))


def test_a_removed_lasso_is_an_empty_one() -> None:
    assert polygon([]) == ()


@pytest.mark.parametrize(
    "value",
    [
        None, "lasso", [[0, 0], [1, 1]], [[0, 0, 0]] * 3, [["a", 0]] * 3, [[float("nan"), 0]] * 3,
        [[0, 0]] * (CORNERS + 1),
    ],
)  # fmt: skip
def test_anything_else_is_ignored(value: Any) -> None:
    assert polygon(value) is None
