"""What logit adjustment does to a run, in words, from matrices done by hand."""

import numpy as np

from dashboard.results import logit_adjustment

BEFORE = np.array([[90, 10], [8, 2]])


def test_an_unadjusted_run_is_described_as_it_is() -> None:
    sentence = logit_adjustment.sentence("a", BEFORE, BEFORE, ("happy", "disgust"))
    assert sentence == "**a** unadjusted: 83.6% accuracy, 55.0% balanced accuracy."


def test_changes_in_points_and_the_largest_changes_in_recall() -> None:
    after = np.array([[80, 20], [4, 6]])
    sentence = logit_adjustment.sentence("a", BEFORE, after, ("happy", "disgust"))
    assert sentence.startswith("**a**: 78.2% accuracy, 70.0% balanced accuracy (−5.5 points and +15.0 points).")
    assert sentence.endswith("Largest changes in recall: disgust 20% → 60%, happy 90% → 80%.")
