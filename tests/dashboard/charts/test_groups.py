"""Differences per group as a chart."""

from dashboard.charts.groups import group_differences
from dashboard.charts.spec import Points
from ferkit.colours import BROKEN, FIXED, MUTED
from ferkit.evaluate.differences import Difference


def difference(name: str, fixed: int, broken: int, adjusted: float) -> Difference:
    return Difference(name, 100, 0.5, 0.5 + (fixed - broken) / 100, fixed, broken, (-0.1, 0.3), 0.01, adjusted)


def test_points_are_sorted_coloured_by_significance_and_stand_for_their_group() -> None:
    rows = [difference("sad", 2, 12, 0.02), difference("fear", 30, 5, 0.001), difference("happy", 9, 5, 0.4)]
    chart = group_differences(rows, ["s", "f", "h"], ["f"], "Difference", "new", "old")
    (points,) = (mark for mark in chart.marks if isinstance(mark, Points))
    assert list(points.y) == ["fear (100)", "happy (100)", "sad (100)"]
    assert list(points.x) == [25, 4, -10]
    assert list(points.colour) == [FIXED, MUTED, BROKEN]
    assert list(points.select) == ["f", "h", "s"] and chart.chosen == ["f"]
    assert "p < 0.001" not in points.hover[0] and "p = 0.001 after Holm" in points.hover[0]
    assert chart.table["p (Holm)"] == [0.001, 0.4, 0.02] and chart.table["new"] == [0.75, 0.54, 0.4]
