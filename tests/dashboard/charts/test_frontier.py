"""Accuracy against size: every run with its interval, names that do not overlap, published results hollow."""

import pandas as pd
import pytest

from dashboard.charts import frontier
from ferkit.published import Published, published


def table(**accuracies: float) -> pd.DataFrame:
    """A leaderboard of runs with 1000, 1001, … parameters and these accuracies."""
    rows = [
        {"run": run, "parameters": 1000 + i, "accuracy": p, "low": p - 0.1, "high": p + 0.15, "seeds": []}
        for i, (run, p) in enumerate(accuracies.items())
    ]
    return pd.DataFrame(rows)


def colours(frame: pd.DataFrame) -> dict[str, str]:
    return dict.fromkeys(frame["run"], "#123456")


def test_a_run_is_a_point_with_its_interval_and_others_are_hollow() -> None:
    frame = table(a=0.5)
    frame["seeds"] = [[0.5, 0.48]]
    figure = frontier.accuracy_by_size(frame, {"a": "#123456"}, "a", published(), people=True)
    hollow, dashes, point = figure.data
    assert dashes.y == (50, 48) and set(dashes.x) == set(point.x) == {1000}
    assert hollow.marker.symbol == "circle-open" and len(hollow.x) == len(published())
    assert point.y == (50,) and point.marker.color == "#123456"
    assert point.error_y.array[0] == pytest.approx(15) and point.error_y.arrayminus[0] == pytest.approx(10)
    assert figure.layout.xaxis.type == "log" and (figure.layout.shapes[0].y0, figure.layout.shapes[0].y1) == (60, 70)
    assert figure.layout.xaxis.title.text == "parameters (log scale)" and figure.layout.yaxis.ticksuffix == "%"


def test_an_unreported_split_is_marked_as_such() -> None:
    reported = Published("A", 1000, 0.7, "test", "last epoch")
    silent = Published("B", 2000, 0.7, "not stated", "best epoch")
    frame = table(a=0.5)
    hover = frontier.accuracy_by_size(frame, colours(frame), "a", (reported, silent)).data[0].text
    assert list(hover) == ["A<br>scored on test<br>last epoch", "B<br>split not reported<br>best epoch"]


def test_with_many_runs_only_the_chosen_one_and_the_pareto_front_are_named() -> None:
    accuracies = {"tiny": 0.5, "small": 0.6, "worse": 0.55, "same": 0.6, "large": 0.7, "chosen": 0.4}
    many = table(**accuracies, **{f"run {i}": 0.3 for i in range(4)})
    figure = frontier.accuracy_by_size(many, colours(many), "chosen")
    front = {"tiny", "small", "large", "chosen"}
    assert {trace.name for trace in figure.data if "text" in trace.mode} == front
    assert {trace.name for trace in figure.data if trace.opacity == 1} == front and not figure.layout.showlegend
    few = many.head(5)
    figure = frontier.accuracy_by_size(few, colours(few), "tiny")
    assert figure.layout.showlegend
    assert all(trace.mode == "markers" and trace.opacity == 1 for trace in figure.data)


def test_names_of_neighbours_are_written_on_different_sides() -> None:
    left = "alone, far to the left of all others"
    frame = table(first=0.691, second=0.689, third=0.687, **{left: 0.62}, **{f"run {i}": 0.3 for i in range(8)})
    frame["parameters"] = [450_000, 450_000, 450_000, 90_000, *(500_000 + i for i in range(8))]
    placed = {}
    for chosen in ("second", "third"):
        figure = frontier.accuracy_by_size(frame, colours(frame), chosen)
        placed[chosen] = {trace.name: trace.textposition for trace in figure.data if "text" in trace.mode}
    assert placed["second"] == {"first": "top left", "second": "bottom left", left: "top right"}
    assert placed["third"] == {"first": "top left", "third": "bottom left", left: "top right"}


def test_runs_of_unknown_size_leave_an_empty_chart() -> None:
    frame = table(a=0.5).assign(parameters=None)
    assert not frontier.accuracy_by_size(frame, colours(frame), "a").data
