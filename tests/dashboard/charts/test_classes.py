"""Class distribution and agreement of the annotators."""

import pytest

from dashboard.charts import classes

COUNTS = {"train": {"angry": 30, "happy": 70}, "val": {"angry": 5, "happy": 5}}


def test_the_distribution_has_a_trace_per_split_and_the_largest_class_on_top() -> None:
    val, train = classes.distribution(COUNTS, "faces").data
    assert (val.name, train.name) == ("val", "train")
    assert list(train.y) == ["angry", "happy"] and list(train.x) == [30, 70] and list(train.text) == ["30", "70"]


def test_units_change_values_and_axis() -> None:
    shares = classes.distribution(COUNTS, "share of the split")
    assert list(shares.data[0].x) == [50, 50] and shares.layout.xaxis.title.text == "% of the split"
    assert classes.distribution(COUNTS, "faces, log scale").layout.xaxis.type == "log"


def test_an_empty_split_causes_no_division_by_zero() -> None:
    figure = classes.distribution({"val": {"angry": 0}}, "share of the split")
    assert list(figure.data[0].x) == [0]


def test_agreement_is_sorted_with_the_lowest_class_below() -> None:
    figure = classes.agreement({"happy": 0.9, "fear": 0.13}, {"happy": "#111111", "fear": "#222222"})
    assert list(figure.data[0].y) == ["fear", "happy"] and list(figure.data[0].x) == pytest.approx([13, 90])
    assert list(figure.data[0].marker.color) == ["#222222", "#111111"]
