"""From which confidence on an answer counts."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard.results import unsure
from ferkit import runs
from ferkit.runs import LOGIT


@pytest.fixture
def run(gray_world, monkeypatch: pytest.MonkeyPatch):
    gray_world.enter(monkeypatch)
    opened = runs.open_run("alpha")
    return replace(opened, manifest=opened.manifest.replace(temperature_slope=0.0))


def stored(run, monkeypatch: pytest.MonkeyPatch, confidence: list[float], right: list[bool]) -> None:
    """Predictions of two classes' logits that give these confidences at the run's temperature."""
    first, second, *others = run.classes
    gap = run.temperature.value * np.log(np.array(confidence) / (1 - np.array(confidence)))
    logits = {LOGIT + first: gap, LOGIT + second: 0 * gap} | {LOGIT + name: 0 * gap - 1e4 for name in others}
    frame = pd.DataFrame({"label": [0 if hit else 1 for hit in right], **logits})
    monkeypatch.setattr(unsure.load, "predictions", lambda results, split: frame)
    monkeypatch.setattr(unsure.load, "cached", lambda key, make: make())


def test_the_lowest_confidence_that_keeps_the_share_of_right_answers(run, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(run, monkeypatch, [0.95, 0.9, 0.8, 0.7, 0.6, 0.55], [True, True, False, True, True, False])
    limit = unsure.threshold(run)  # from 0.6 on four of five are right, from 0.55 on four of six
    assert limit == pytest.approx(0.6)
    assert unsure.sentence(limit).startswith("Unsure: below 60% confidence.")


def test_where_no_confidence_is_enough_every_answer_is_unsure(run, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(run, monkeypatch, [0.9, 0.8, 0.7], [False, True, False])
    assert unsure.threshold(run) == np.inf and "at no confidence" in unsure.sentence(np.inf)


def test_without_predictions_on_val_nothing_is_said(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(run.results()), "has", lambda self, split, ending: False)
    assert unsure.threshold(run) is None and unsure.sentence(None) == ""
