"""Bars about one face: probabilities and votes."""

import numpy as np
import pytest

from dashboard.charts import face
from ferkit.colours import MUTED


def test_the_likeliest_class_is_on_top_and_the_label_is_marked() -> None:
    colours = {"angry": "#111111", "happy": "#222222"}
    (bars,) = face.probabilities(np.array([0.25, 0.75]), ("angry", "happy"), colours, true="angry").marks
    assert bars.y == ["happy", "angry ◂ label"] and bars.x == pytest.approx([75, 25])
    assert bars.colour == ["#222222", "#111111"] and bars.text == ["75%", "25%"] and bars.hover[0] == "happy: 75.0%"


def test_votes_leave_out_classes_without_a_vote() -> None:
    (bars,) = face.votes({"happy": 3, "sad": 0, "unknown": 7}, {"happy": "#222222"}).marks
    assert bars.y == ["unknown", "happy"] and bars.x == [7, 3] and bars.hover[0] == "unknown: 7 annotators"
    assert bars.colour == [MUTED, "#222222"]
