"""Sentences say only what the intervals say."""

import numpy as np

from dashboard.explanations.region_sentences import of_cell, of_class, of_runs
from ferkit.explain.region_differences import RegionDifference

REGIONS = ("brows", "mouth", "elsewhere")


def found(mean: list[float], significant: list[bool]) -> RegionDifference:
    values = np.array(mean)
    return RegionDifference(values, values - 0.02, values + 0.02, np.array(significant), (12, 40))


def test_a_confusion_misses_a_part_and_looks_at_another() -> None:
    shares = np.array([0.1, 0.5, 0.4])
    assert of_cell(found([-0.2, 0.15, 0.05], [True, True, False]), shares, REGIONS, "fear", "surprise") == (
        "**fear taken for surprise**: it misses the brows (10% of the evidence, 30% where recognised); it looks "
        "instead at the mouth (50% of the evidence, 35% where recognised)."
    )
    assert "in no part of the face" in of_cell(found([-0.2, 0.1, 0.1], [False] * 3), shares, REGIONS, "fear", "x")
    nothing = found([np.nan] * 3, [False] * 3)
    assert "too few" in of_cell(nothing, shares, REGIONS, "a", "b") and of_class(nothing, shares, REGIONS, "a") == ""


def test_what_is_elsewhere_is_not_missed() -> None:
    said = of_cell(found([0.0, 0.2, -0.2], [False, True, True]), np.array([0.1, 0.6, 0.3]), REGIONS, "a", "b")
    assert "misses" not in said and said.startswith("**a taken for b**: it looks at the mouth")


def test_two_runs() -> None:
    said = of_runs(found([0.1, -0.12, 0.0], [True, True, False]), REGIONS, "alpha", "beta")
    assert said == "**alpha looks less at the mouth (−12.0 points) and more at the brows (+10.0 points) than beta.**"
    assert "same parts" in of_runs(found([0.1, 0.1, 0.1], [False] * 3), REGIONS, "alpha", "beta")


def test_names_are_escaped() -> None:
    assert "\\*x\\*" in of_class(found([0.1, 0.1, 0.1], [False] * 3), np.full(3, 0.3), REGIONS, "*x*")
