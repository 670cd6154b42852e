"""Charts of two to four runs: every run, its interval, and colour only where a difference is significant."""

import numpy as np
import pytest

from dashboard.charts import comparison
from dashboard.charts.comparison import Difference
from ferkit.colours import BROKEN, FIXED, MUTED


def test_bars_per_class_are_sorted_by_the_first_run_and_carry_their_intervals() -> None:
    values = {"a": np.array([0.2, 0.9]), "b": np.array([0.3, 0.8])}
    intervals = {name: np.stack([value - 0.1, value + 0.05]) for name, value in values.items()}
    chart = comparison.per_class(values, intervals, ("fear", "happy"), {"a": "#111111", "b": "#222222"}, "recall")
    first, second = chart.marks
    assert (first.name, second.name) == ("a", "b") and first.colour == "#111111"
    assert first.y == ["happy", "fear"] and list(first.x) == pytest.approx([90, 20])
    assert list(first.low) == pytest.approx([80, 10]) and list(first.high) == pytest.approx([95, 25])
    assert first.hover[0] == "a\nhappy: 90.0% (80.0–95.0%)" and first.select == ["happy", "fear"]
    assert chart.title == "Recall per class" and chart.x.label == "recall, 95% interval"


def test_a_difference_is_coloured_only_where_it_is_significant() -> None:
    chart = comparison.differences(
        [
            Difference("accuracy", 0.02, (0.01, 0.03), significant=True),
            Difference("macro-F1", 0.01, (-0.01, 0.03), significant=False),
            Difference("accuracy vs c", -0.02, (-0.03, -0.01), significant=True),
        ]
    )
    zero, whiskers, dots = chart.marks
    assert (zero.at, zero.vertical) == (0, True)
    assert dots.colour == whiskers.colour == [FIXED, MUTED, BROKEN]
    assert dots.x == pytest.approx([2, 1, -2]) and whiskers.low == pytest.approx([1, -1, -3])
    assert dots.hover[2] == "accuracy vs c: −2.0 points [−3.0, −1.0]"
    assert chart.x.label == "points in favour of the run" and chart.y.names[0] == "accuracy"


def test_the_trade_off_is_a_curve_per_run_with_the_setting_marked() -> None:
    counts = np.array([[[9, 1], [2, 0]], [[7, 3], [0, 2]]])
    line, dots, mark = comparison.trade_off({"a": counts}, (0.0, 0.5), 1, {"a": "#111111"}).marks
    assert list(line.x) == pytest.approx([75, 75]) and list(line.y) == pytest.approx([45, 85])
    assert mark.size > dots.size and list(mark.y) == pytest.approx([85]) and line.colour == "#111111"
    assert dots.hover[1] == "a at τ = 0.5\n75.0% accuracy, 85.0% balanced accuracy"
