"""Charts of confidence: what each mark stands for."""

import numpy as np
import pytest

from dashboard.charts import confidence as charts
from dashboard.charts.encode import as_data, payloads
from dashboard.charts.spec import Bars, Lines, Points, Rules
from ferkit.evaluate.curves import coverage, roc
from ferkit.evaluate.reliability import histogram, reliability
from ferkit.metrics import UNCALIBRATED, Temperature

CONFIDENCE = np.array([0.95, 0.9, 0.85, 0.6, 0.55, 0.5, 0.3])
RIGHT = np.array([1, 1, 0, 1, 0, 0, 0], bool)


def test_a_bin_stands_for_its_range() -> None:
    bins = reliability(CONFIDENCE, RIGHT, 5)
    chart = charts.reliability(bins, bins, (0.8, 1.0), Temperature(1.5))
    bars = [mark for mark in chart.marks if isinstance(mark, Bars)]
    assert [bar.select[0] for bar in bars] == [[0.2, 0.4], [0.4, 0.6], [0.6, 0.8], [0.8, 1.0]]  # none of the empty bin
    assert [bars[-1].y[0], bars[-1].width] == pytest.approx([200 / 3, 20])
    assert chart.chosen == [[0.8, 1.0]] and chart.chosen[0] in payloads(chart)
    assert any(isinstance(mark, Points) and mark.name == "uncalibrated (T = 1)" for mark in chart.marks)
    assert as_data(chart)["table"]["accuracy"][0] is None  # no face: no accuracy


def test_without_a_temperature_there_is_no_before() -> None:
    bins = reliability(CONFIDENCE, RIGHT, 5)
    assert not any(isinstance(mark, Points) for mark in charts.reliability(bins, bins, None, UNCALIBRATED).marks)


def test_outcomes_are_stacked() -> None:
    chart = charts.histogram(histogram(CONFIDENCE, RIGHT, 5), (0.8, 1.0), "")
    wrong, right = (mark for mark in chart.marks if isinstance(mark, Bars))
    assert (wrong.name, right.name) == ("wrong", "right")
    assert right.base[-1] == 1 and right.y[-1] == 3
    assert np.isnan(right.y[0])  # nothing is drawn for nothing
    assert chart.chosen == [[0.8, 1.0, "wrong"], [0.8, 1.0, "right"]]


def test_the_threshold_says_what_it_keeps() -> None:
    curve = coverage(CONFIDENCE, RIGHT)
    chart = charts.coverage(curve, 0.85, ("one person 80.0%", 0.8))
    person, rule = (mark for mark in chart.marks if isinstance(mark, Rules))
    assert person.at == 80 and not person.draggable
    assert rule.draggable and rule.at == 100 * 3 / 7 and rule.readout is not None
    assert rule.readout.text[2] == "42.9% of the faces answered, 66.7% of them right (confidence ≥ 85.0%)"
    assert "AURC" in chart.title


def test_a_class_has_its_area_in_the_legend_and_one_without_a_face_no_line() -> None:
    none, some = roc(CONFIDENCE, np.zeros(7, bool)), roc(CONFIDENCE, RIGHT)
    chart = charts.per_class_curves({"fear": some, "sad": none}, {"fear": "#000000", "sad": "#111111"}, "roc")
    lines = [mark for mark in chart.marks if isinstance(mark, Lines) and mark.name]
    assert [line.name for line in lines] == [f"fear, AUC {some.area:.3f}"]
    assert set(chart.table["class"]) == {"fear"} and len(chart.table["x"]) == len(some.x)


def test_top_k_has_a_bar_per_k() -> None:
    chart = charts.top_k([0.5, 0.75, 1.0])
    (bars,) = chart.marks
    assert isinstance(bars, Bars) and list(bars.y) == ["top 1", "top 2", "top 3"] and bars.text[1] == "75.0%"
