"""Fixed and broken faces: those that changed and pass the filters."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard import view
from dashboard.results import changed, pairing
from dashboard.state import Selection

SELECTION = Selection(data="tiny", split="val", run="alpha", base="beta")


@pytest.fixture
def aligned(gray_world, monkeypatch: pytest.MonkeyPatch):
    gray_world.enter(monkeypatch)
    return pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)


@pytest.mark.parametrize("side", ["fixed", "broken"])
def test_without_a_filter_every_changed_face_is_shown(aligned, side: str) -> None:
    test, shown = pairing.compared(aligned, "beta", "alpha"), view.of(SELECTION)
    rows = changed.rows(aligned, "alpha", "beta", getattr(test, side), shown)
    right, before = shown.frame["right"].to_numpy(), view.of(replace(SELECTION, run="beta")).frame["right"].to_numpy()
    expected = np.flatnonzero(right & ~before if side == "fixed" else ~right & before)
    assert len(expected) and sorted(rows.tolist()) == expected.tolist()


def test_the_predicted_class_may_be_either_runs(aligned) -> None:
    test = pairing.compared(aligned, "beta", "alpha")
    name = aligned.classes[int(aligned.pred("beta")[test.fixed][0])]
    shown = view.of(replace(SELECTION, pred=name))
    rows = changed.rows(aligned, "alpha", "beta", test.fixed, shown)
    other = view.of(replace(SELECTION, run="beta")).frame["pred"].to_numpy()
    index = aligned.classes.index(name)
    assert len(rows) and all(index in (shown.frame["pred"].iat[row], other[row]) for row in rows)


def test_a_fixed_face_names_the_other_runs_prediction_and_a_broken_one_its_own(aligned) -> None:
    shown = view.of(SELECTION)
    other = view.of(replace(SELECTION, run="beta")).frame["pred"].to_numpy()
    rows = np.arange(4)
    fixed = changed._notes(aligned, "beta", "fixed", shown)(rows)
    broken = changed._notes(aligned, "beta", "broken", shown)(rows)
    assert fixed == [f"was {aligned.classes[i]}" for i in other[rows]]
    assert broken == [f"now {aligned.classes[i]}" for i in shown.frame["pred"].to_numpy()[rows]]
