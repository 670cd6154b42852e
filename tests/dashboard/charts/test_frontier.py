"""Accuracy against size: every run with its interval, the best named, published results hollow."""

import pandas as pd
import pytest

from dashboard.charts import frontier
from dashboard.charts.spec import Chart, Intervals, Points
from ferkit.published import Published, published


def table(**accuracies: float) -> pd.DataFrame:
    """A leaderboard of runs with 1000, 1001, … parameters and these accuracies."""
    rows = [
        {"run": run, "parameters": 1000 + i, "accuracy": p, "low": p - 0.1, "high": p + 0.15, "seeds": []}
        for i, (run, p) in enumerate(accuracies.items())
    ]
    return pd.DataFrame(rows)


def drawn(frame: pd.DataFrame, chosen: str, *others: Published) -> Chart:
    return frontier.accuracy_by_size(frame, dict.fromkeys(frame["run"], "#123456"), chosen, others)


def runs(chart: Chart) -> list[Points]:
    return [mark for mark in chart.marks if isinstance(mark, Points) and mark.select]


def test_a_run_is_a_point_with_its_interval_and_others_are_hollow() -> None:
    frame = table(a=0.5)
    frame["seeds"] = [[0.5, 0.48]]
    chart = frontier.accuracy_by_size(frame, {"a": "#123456"}, "a", published(), people=True)
    people, hollow, dashes, whisker, point = chart.marks
    assert (people.low, people.high, people.label) == (60, 70, "people: 65 ± 5%")
    assert hollow.symbol == "hollow" and len(hollow.x) == len(published())
    assert list(dashes.y) == pytest.approx([50, 48]) and dashes.x == [1000, 1000] and point.x == [1000]
    assert isinstance(whisker, Intervals) and (whisker.low, whisker.high) == (
        pytest.approx([40]),
        pytest.approx([65]),
    )
    assert point.y == [50] and point.colour == "#123456" and point.select == ["a"]
    assert point.hover == ["a\n50.0% (40.0–65.0%)\n1k parameters"]
    assert (chart.x.kind, chart.x.label, chart.y.suffix) == ("log", "parameters (log scale)", "%")


def test_an_unreported_split_is_marked_as_such() -> None:
    reported = Published("A", 1000, 0.7, "test", "last epoch")
    silent = Published("B", 2000, 0.7, "not stated", "best epoch")
    assert drawn(table(a=0.5), "a", reported, silent).marks[0].hover == [
        "A\n70.0% with 1k parameters\nscored on test\nlast epoch",
        "B\n70.0% with 2k parameters\nsplit not reported\nbest epoch",
    ]


def test_with_many_runs_only_the_chosen_one_and_the_pareto_front_are_named() -> None:
    accuracies = {"tiny": 0.5, "small": 0.6, "worse": 0.55, "same": 0.6, "large": 0.7, "chosen": 0.4}
    many = table(**accuracies, **{f"run {i}": 0.3 for i in range(4)})
    chart = drawn(many, "chosen")
    front = {"tiny", "small", "large", "chosen"}
    assert {point.name for point in runs(chart) if point.label} == front
    assert {point.name for point in runs(chart) if point.opacity == 1} == front and not chart.legend
    assert runs(chart)[-1].name == "chosen" and runs(chart)[-1].size > runs(chart)[0].size, "the chosen one on top"
    few = drawn(many.head(5), "tiny")
    assert few.legend and all(not point.label and point.opacity == 1 for point in runs(few))


def test_runs_of_unknown_size_leave_an_empty_chart() -> None:
    assert not drawn(table(a=0.5).assign(parameters=None), "a").marks
