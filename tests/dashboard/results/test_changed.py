"""The faces of a comparison: of a side, and of a cell."""

from dataclasses import replace

import pytest

from dashboard import view
from dashboard.results import changed, pairing
from dashboard.results.changed import Pick
from dashboard.state import Selection
from ferkit import metrics

SELECTION = Selection(data="tiny", split="val", run="alpha", base="beta")


@pytest.fixture
def aligned(gray_world, monkeypatch: pytest.MonkeyPatch):
    gray_world.enter(monkeypatch)
    return pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)


@pytest.mark.parametrize("side", ["fixed", "broken", "both wrong", "both right"])
def test_sides_are_what_the_two_tables_say(aligned, side: str) -> None:
    mask = changed.masks(aligned, "alpha", "beta")[side]
    right = view.of(SELECTION).frame["right"].to_numpy()[aligned.rows[0]]
    before = view.of(replace(SELECTION, run="beta")).frame["right"].to_numpy()[aligned.rows[1]]
    fixed, broken = right & ~before, ~right & before
    expected = {"fixed": fixed, "broken": broken, "both wrong": ~right & ~before, "both right": right & before}[side]
    assert (mask == expected).all()
    assert changed.masks(aligned, "alpha", "beta")["all"].all()


def test_a_cell_of_a_run_holds_as_many_faces_as_its_matrix_says(aligned) -> None:
    for run in ("alpha", "beta"):
        matrix = aligned.matrix(run)
        for i, true in enumerate(aligned.classes):
            for j, pred in enumerate(aligned.classes):
                assert changed.cell(aligned, "alpha", "beta", Pick(true, pred, run)).sum() == matrix[i, j]


def test_a_cell_of_the_agreement_needs_both_predictions(aligned) -> None:
    a, b = aligned.pred("alpha"), aligned.pred("beta")
    both = metrics.confusion(a, b, len(aligned.classes))
    for i, mine in enumerate(aligned.classes):
        for j, theirs in enumerate(aligned.classes):
            assert changed.cell(aligned, "alpha", "beta", Pick("", mine, "alpha", theirs)).sum() == both[i, j]


def test_the_predicted_class_may_be_either_runs(aligned) -> None:
    name = aligned.classes[1]
    inside = changed.cell(aligned, "alpha", "beta", Pick(pred=name))
    assert (inside == ((aligned.pred("alpha") == 1) | (aligned.pred("beta") == 1))).all()


def test_names_from_a_stranger_choose_nothing(aligned) -> None:
    assert changed.cell(aligned, "alpha", "beta", Pick("nobody", "nothing", "none", "never")).all()
    either = changed.cell(aligned, "alpha", "beta", Pick(pred=aligned.classes[0]))
    assert (changed.cell(aligned, "alpha", "beta", Pick(pred=aligned.classes[0], whose="none")) == either).all()


def test_notes_name_both_predictions_where_they_differ(aligned) -> None:
    rows = aligned.rows[0]
    notes = changed._notes(aligned, "alpha", "beta")(rows)
    a, b = ([aligned.classes[i] for i in aligned.pred(run)] for run in ("alpha", "beta"))
    assert notes == [now if now == before else f"{before} → {now}" for now, before in zip(a, b, strict=True)]


def test_the_sentence_says_which_faces() -> None:
    pick = Pick("fear", "sad", "beta", "angry")
    assert changed.sentence(2, "broken", pick, "alpha", "beta") == (
        "**2 fear faces**: beta predicts sad, alpha angry; alpha is wrong, beta is right."
    )
    assert changed.sentence(1, "all", Pick(), "alpha", "beta") == "**1 face**."
    assert changed.sentence(3, "all", Pick(pred="sad"), "alpha", "beta") == "**3 faces**: alpha or beta predicts sad."
