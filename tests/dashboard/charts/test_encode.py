"""Charts as plain data: what is sent to the browser."""

import json

import numpy as np
import pytest

from dashboard.charts.encode import as_data, payloads
from dashboard.charts.spec import Axis, Bars, Chart, Lines, Readout, Rules


def chart(*marks: object) -> Chart:
    return Chart("Recall", Axis("recall", suffix="%"), Axis(kind="category"), marks)  # type: ignore[arg-type]


def test_only_what_differs_from_the_defaults_is_sent_as_json() -> None:
    bars = Bars(np.array([72.123456789, np.nan]), ["happy", "fear"], horizontal=True, select=[("a", 1), "b"])
    sent = as_data(chart(bars))
    assert json.loads(json.dumps(sent)) == {
        "title": "Recall",
        "x": {"label": "recall", "suffix": "%"},
        "y": {"kind": "category"},
        "marks": [
            {
                "kind": "bars",
                "x": [72.12346, None],
                "y": ["happy", "fear"],
                "horizontal": True,
                "select": [["a", 1], "b"],
            }
        ],
    }


def test_a_readout_travels_with_its_rule() -> None:
    rule = Rules(0.5, vertical=True, draggable=True, readout=Readout((0.0, 1.0), ("all", "none")))
    (mark,) = as_data(chart(rule))["marks"]
    assert mark["readout"] == {"at": [0.0, 1.0], "text": ["all", "none"]} and mark["draggable"]


def test_control_characters_of_names_are_escaped_and_lines_kept() -> None:
    (mark,) = as_data(chart(Lines([1], [2], name="a\x1b[31m\u202e", hover=["one\ntwo"])))["marks"]
    assert mark["name"] == "a\\x1b[31m\\u202e" and mark["hover"] == ["one\ntwo"]


def test_sequences_of_different_lengths_and_two_draggable_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="one length in Lines, got"):
        as_data(chart(Lines([1, 2], [1])))
    with pytest.raises(ValueError, match="one draggable rule"):
        as_data(chart(Rules(1, draggable=True), Rules(2, draggable=True)))


def test_payloads_are_those_of_all_marks() -> None:
    assert list(payloads(chart(Lines([1], [2], select=["a"]), Rules(0), Bars([1], ["x"], select=[{"b": 1}])))) == [
        "a",
        {"b": 1},
    ]
