"""Charts of labels and votes: what each bar stands for, and what a press on it selects."""

import numpy as np
import pytest

from dashboard.charts import labels
from dashboard.charts.encode import as_data
from ferkit.audit.crowd_errors import error_by


def test_kinds_are_stacked_to_all_errors() -> None:
    counts = {
        "all classes": {"people err too": 6, "only the model errs": 3, "nobody voted": 1},
        "sad": {"people err too": 2, "only the model errs": 2, "nobody voted": 0},
        "fear": {"people err too": 4, "only the model errs": 1, "nobody voted": 1},
    }
    people, model, nobody = labels.kinds(counts, [("fear", "people err too")]).marks
    assert list(people.y) == ["all classes", "fear", "sad"]
    np.testing.assert_allclose(people.x, [60, 400 / 6, 50])
    np.testing.assert_allclose(model.base, people.x)
    np.testing.assert_allclose(nobody.x, 100)
    assert people.select[1] == ["fear", "people err too"] and not nobody.select


def test_a_bin_is_a_range_that_holds_no_face_of_the_next() -> None:
    shares = np.array([0, 2, 4, 6, 8, 10]) / 10
    chart = labels.error_by_agreement(error_by(shares, np.ones(6, bool)), 0.7)
    ranges = chart.marks[0].select
    for low, high in ranges:
        inside = (shares >= low) & (shares <= high)
        assert inside.sum() == (2 if high == 1 else 1)
    assert chart.marks[1].at == pytest.approx(30) and "30.0%" in chart.marks[1].label
    assert len(labels.error_by_agreement(error_by(shares, np.ones(6, bool)), None).marks) == 1


def test_entropy_is_counted_in_quarter_bits() -> None:
    bits = np.array([0, 0, 0.25, 1.0, np.nan, 1.49])
    bars = labels.entropy(bits).marks[0]
    assert list(bars.y) == [2, 1, 0, 0, 1, 1]
    assert bars.select[0] == [0.0, 0.249999] and bars.select[-1] == [1.25, 1.5]
    assert sum(labels.entropy(np.array([np.nan])).marks[0].y) == 0


def test_classes_are_ordered_by_how_far_they_are_confirmed_or_suspected() -> None:
    colours = {"a": "#111111", "b": "#222222"}
    confirmed = labels.confirmed({"a": 0.2, "b": 0.9}, colours, {"a": 8, "b": 1}, ["a"])
    assert confirmed.marks[0].y == ["b", "a"] and confirmed.chosen == ["a"]
    assert "outvotes 8" in confirmed.marks[0].hover[1]
    suspects = labels.suspects({"a": 1, "b": 5}, {"a": 10, "b": 10}, colours)
    assert suspects.marks[0].select == ["b", "a"] and suspects.marks[0].text == ["5 · 50%", "1 · 10%"]
    assert as_data(suspects)["title"] == "Suspect labels by class"
