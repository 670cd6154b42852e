import numpy as np
import pytest

from ferkit.explain.regions import thirds


@pytest.mark.parametrize("height", [3, 6, 20, 48])
def test_even_heat_gives_equal_shares(height: int) -> None:
    np.testing.assert_allclose(thirds(np.ones((2, height, 5))), 1 / 3)


def test_a_row_across_a_border_is_divided() -> None:
    maps = np.zeros((1, 4, 2), np.float16)
    maps[0, 1] = 1  # from a quarter to a half of the height: a third of it above the border at one third
    np.testing.assert_allclose(thirds(maps), [[1 / 3, 2 / 3, 0]], atol=1e-12)


def test_turned_upside_down_the_shares_are_too() -> None:
    maps = np.random.default_rng(0).random((3, 7, 7))
    np.testing.assert_allclose(thirds(maps[:, ::-1]), thirds(maps)[:, ::-1])


def test_no_heat_gives_no_share() -> None:
    assert not thirds(np.zeros((1, 6, 6))).any()
