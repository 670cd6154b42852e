"""Charts of shares per part of the face."""

import numpy as np

from dashboard.charts.regions import bars, differences, every_class
from dashboard.charts.spec import Bars, Cells, Intervals, Points
from ferkit.colours import ACCENT, MUTED
from ferkit.explain.region_differences import RegionDifference
from ferkit.explain.region_shares import by_class

REGIONS = ("brows", "mouth", "elsewhere")
SHARES = np.array([[0.5, 0.3, 0.2], [0.7, 0.1, 0.2], [0.2, 0.6, 0.2]])


def test_a_cell_says_its_interval_and_a_class_without_faces_has_none() -> None:
    table = by_class(SHARES, np.array([0, 0, 1]), 3)
    (cells,) = every_class(table, ("a", "b", "c"), REGIONS, "label", "a").marks
    assert isinstance(cells, Cells) and set(cells.y) == {"a", "b"} and list(cells.text[:3]) == ["60%", "20%", "20%"]
    assert cells.hover[0].startswith("a, brows: 60.0% [") and cells.hover[3].startswith("b, brows: 20.0%\n1 faces")
    assert list(cells.select[:3]) == ["a"] * 3


def test_bars_stand_side_by_side_with_intervals() -> None:
    table = by_class(SHARES, np.array([0, 0, 1]), 2)
    chart = bars([("right", "#111111", table, 0), ("wrong", "#222222", table, 1)], REGIONS, "title", "share")
    right, wrong = chart.marks
    assert isinstance(right, Bars) and isinstance(wrong, Bars)
    assert (right.name, wrong.name) == ("right (2 faces)", "wrong (1 face)")
    np.testing.assert_allclose(right.x, [60, 20, 20])
    assert right.low[0] < 60 < right.high[0] and np.isnan(wrong.low).all()
    np.testing.assert_allclose(chart.table["wrong %"], [20, 60, 20])


def test_what_differs_significantly_is_in_colour() -> None:
    mean = np.array([0.2, -0.1, 0.0])
    found = RegionDifference(mean, mean - 0.05, mean + 0.05, np.array([True, True, False]), (9, 9))
    marks = differences(found, REGIONS, "alpha", "beta", "title").marks
    intervals = next(mark for mark in marks if isinstance(mark, Intervals))
    points = next(mark for mark in marks if isinstance(mark, Points))
    assert list(intervals.colour) == [ACCENT, ACCENT, MUTED]
    assert points.hover[1] == "mouth: −10.0 points [−15.0, −5.0]"
