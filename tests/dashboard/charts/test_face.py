"""Bars about one face: probabilities and votes."""

import numpy as np
import pytest

from dashboard.charts import face
from ferkit.colours import MUTED


def test_the_likeliest_class_is_on_top_and_the_label_is_marked() -> None:
    colours = {"angry": "#111111", "happy": "#222222"}
    (bars,) = face.probabilities(np.array([0.25, 0.75]), ("angry", "happy"), colours, true="angry").data
    assert list(bars.y) == ["angry ◂ label", "happy"] and list(bars.x) == pytest.approx([25, 75])
    assert list(bars.marker.color) == ["#111111", "#222222"] and list(bars.text) == ["25%", "75%"]


def test_votes_leave_out_classes_without_a_vote() -> None:
    (bars,) = face.votes({"happy": 3, "sad": 0, "unknown": 7}, {"happy": "#222222"}).data
    assert list(bars.y) == ["happy", "unknown"] and list(bars.x) == [3, 7]
    assert list(bars.marker.color) == ["#222222", MUTED]
