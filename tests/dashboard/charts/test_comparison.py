"""Charts of two to four runs: every run, its interval, and colour only where a difference is significant."""

import numpy as np
import pytest

from dashboard.charts import comparison
from dashboard.charts.comparison import Difference
from ferkit.colours import BROKEN, FIXED, MUTED


def test_bars_per_class_are_sorted_by_the_first_run_and_carry_their_intervals() -> None:
    values = {"a": np.array([0.9, 0.2]), "b": np.array([0.8, 0.3])}
    intervals = {name: np.stack([value - 0.1, value + 0.05]) for name, value in values.items()}
    figure = comparison.per_class(values, intervals, ("happy", "fear"), {"a": "#111111", "b": "#222222"}, "recall")
    assert [bar.name for bar in figure.data] == ["b", "a"], "plotly draws upwards"
    bar = figure.data[1]
    assert list(bar.y) == ["fear", "happy"] and list(bar.x) == [20, 90] and bar.marker.color == "#111111"
    assert list(bar.error_x.array) == pytest.approx([5, 5]) and list(bar.error_x.arrayminus) == pytest.approx([10, 10])
    assert figure.layout.title.text == "Recall per class" and figure.layout.xaxis.title.text == "recall, 95% interval"


def test_a_difference_is_coloured_only_where_it_is_significant() -> None:
    figure = comparison.differences(
        [
            Difference("accuracy", 0.02, (0.01, 0.03), significant=True),
            Difference("macro-F1", 0.01, (-0.01, 0.03), significant=False),
            Difference("accuracy vs c", -0.02, (-0.03, -0.01), significant=True),
        ]
    )
    assert [trace.marker.color for trace in figure.data] == [FIXED, MUTED, BROKEN]
    assert list(figure.data[0].x) == [2] and list(figure.data[0].error_x.arrayminus) == pytest.approx([1])
    low, high = figure.layout.xaxis.range
    assert low < -3 and high > 3 and figure.layout.shapes[0].x0 == 0
    assert figure.layout.xaxis.title.text == "points in favour of the run"


def test_the_trade_off_is_a_curve_per_run_with_the_setting_marked() -> None:
    counts = np.array([[[9, 1], [2, 0]], [[7, 3], [0, 2]]])
    (curve,) = comparison.trade_off({"a": counts}, (0.0, 0.5), 1, {"a": "#111111"}).data
    assert list(curve.x) == pytest.approx([75, 75]) and list(curve.y) == pytest.approx([45, 85])
    assert curve.marker.size[1] > curve.marker.size[0] and curve.line.color == "#111111"
    assert list(curve.customdata) == [0.0, 0.5]
