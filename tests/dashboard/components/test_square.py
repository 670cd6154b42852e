"""Squares that a browser sent: cut to the picture, and anything else left out."""

import math

import pytest

from dashboard.components.square import SMALLEST, read_squares


def test_squares_are_rounded_and_kept_within_the_picture() -> None:
    sent = [[10.4, 20.6, 99.5], [150, 10, 80], [0, 0, 500], [199, 99, 20]]
    assert read_squares(sent, 200, 100) == ((10, 0, 100), (120, 10, 80), (0, 0, 100), (180, 80, 20))


@pytest.mark.parametrize(
    "row",
    [
        [1, 2], [1, 2, 30, 4], "abc", None, {"x": 1}, [True, 2, 30], ["1", 2, 30], [math.nan, 2, 30], [1, 2, math.inf],
        [1, 2, SMALLEST - 1], [-1, 2, 30], [200, 2, 30], [1, 100, 30], [1e300, 1, 30], [1, 1, -30],
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_square_in_it_is_left_out(row: object) -> None:
    assert read_squares([row, [1, 2, 30]], 200, 100) == ((1, 2, 30),)


@pytest.mark.parametrize("value", [None, 3, "squares", {"squares": []}])
def test_what_is_no_list_has_no_square(value: object) -> None:
    assert read_squares(value, 200, 100) == ()


def test_a_picture_smaller_than_the_smallest_square_can_be_a_square_whole() -> None:
    assert read_squares([[0, 0, 8]], 8, 40) == ((0, 0, 8),)
