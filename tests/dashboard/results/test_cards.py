"""Differences on the cards: a real minus, and colour only where they are significant."""

import pytest

from dashboard.results import cards
from ferkit.evaluate.compare import Paired


def paired(accuracy: float, p: float) -> Paired:
    ends = (accuracy - 0.005, accuracy + 0.005)
    return Paired(100, [], [], accuracy, ends, p, accuracy, ends)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "p", "text", "tone"),
    [
        (0.013, 0.01, "+1.3 points [+0.8, +1.8]", "better"),
        (-0.009, 0.01, "−0.9 points [−1.4, −0.4]", "worse"),
        (-0.009, 0.30, "−0.9 points [−1.4, −0.4]", ""),
        (0.0001, 0.90, "0.0 points [−0.5, +0.5]", ""),
    ],
)
def test_a_difference_is_coloured_only_where_it_is_significant(value: float, p: float, text: str, tone: str) -> None:
    assert cards._difference(paired(value, p), "accuracy") == (text, tone)


def test_without_a_baseline_there_is_no_difference() -> None:
    assert cards._difference(None, "accuracy") == ("", "")


def test_repeated_trainings_are_summarised_by_mean_and_standard_deviation() -> None:
    assert cards._spread([0.70, 0.71, 0.72]) == "71.0 ± 1.0%" and cards._spread([0.7]) == "70.0 ± 0.0%"
