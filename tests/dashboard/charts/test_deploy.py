"""Accuracy against latency and size."""

import pytest

from dashboard.charts.deploy import accuracy_by_cost
from dashboard.charts.spec import Intervals, Points, Rules
from ferkit.deploy.choice import candidates
from tests.deploy.records import stored

FOUND = candidates({"alpha": stored()}, {"alpha": 500_000})


@pytest.mark.parametrize(("cost", "most", "places", "named"), [
    ("ms", 1.5, [4.0, 0.5, 1.0, 2.0], {"alpha int8", "alpha ONNX float32"}),
    ("bytes", 95_000, [0.09, 0.1, 0.4, 0.5], {"alpha dynamic int8", "alpha int8", "alpha ONNX float32"}),
])  # fmt: skip
def test_a_point_per_format_at_its_cost(cost: str, most: float, places: list[float], named: set[str]) -> None:
    chart = accuracy_by_cost(FOUND, cost, most, {"alpha": "#112233"}, ("alpha", "int8"))
    points = [mark for mark in chart.marks if isinstance(mark, Points)]
    assert sorted(mark.x[0] for mark in points) == pytest.approx(sorted(places))
    assert {label for mark in points for label in mark.label} == named
    assert {mark.select[0][1] for mark in points} == {"pytorch", "onnx", "int8", "int8-dynamic"}
    assert [mark.size for mark in points if mark.select == [["alpha", "int8"]]] == [15]
    unit = 1 if cost == "ms" else 1e6
    assert {mark.x[0] * unit > most for mark in points if mark.opacity < 1} == {True}
    (rule,) = [mark for mark in chart.marks if isinstance(mark, Rules)]
    assert rule.at == most / unit and sum(isinstance(mark, Intervals) for mark in chart.marks) == len(named)


def test_the_tooltip_says_all_of_it() -> None:
    chart = accuracy_by_cost(FOUND, "ms", 1.5, {"alpha": "#112233"}, ("", ""))
    hover = {mark.select[0][1]: mark.hover[0] for mark in chart.marks if isinstance(mark, Points)}
    assert hover["int8"] == (
        "alpha int8\n69.7% (64.7–74.7%)\n100 kB, 0.50 ms a face\n−0.3 points [−1.3, +0.2], p = 0.4"
    )
