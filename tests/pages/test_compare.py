"""Compare: runs joined by id and class name, tested in pairs, and the faces that changed."""

import numpy as np
import pandas as pd
import pytest

from dashboard.results import pairing
from ferkit import metrics
from ferkit.errors import RunError
from ferkit.evaluate.compare import paired
from ferkit.runs import LOGIT


def table(
    ids: list[str], labels: list[int], preds: list[int], classes: tuple[str, ...], leaked: list[bool] | None = None
) -> pd.DataFrame:
    logits = np.eye(len(classes), dtype=np.float32)[preds]
    columns = {LOGIT + name: logits[:, i] for i, name in enumerate(classes)}
    return pd.DataFrame({"id": ids, "label": labels, "leaked": leaked or [False] * len(ids), **columns})


AB, BA = ("Angry", "happy"), ("happy", "angry")


def test_runs_are_joined_by_id_and_by_class_name() -> None:
    one = (table(["x", "y", "z"], [0, 1, 1], [0, 1, 0], AB), AB)
    two = (table(["z", "y", "w"], [0, 0, 1], [0, 1, 1], BA), BA)
    aligned = pairing.align({"one": one, "two": two})
    assert aligned.classes == AB
    assert aligned.true.tolist() == [1, 1]  # y, z
    assert aligned.pred("one").tolist() == [1, 0] and aligned.pred("two").tolist() == [0, 1]
    assert aligned.rows.tolist() == [[1, 2], [1, 0]] and aligned.sizes == (3, 3)
    found = paired(*aligned.logits, aligned.true)
    assert (len(found.fixed), len(found.broken), found.accuracy) == (1, 1, 0.0)


def test_rows_point_into_the_whole_table_when_leaked_faces_are_left_out() -> None:
    stored = (table(["x", "y", "z"], [0, 1, 1], [0, 1, 0], AB, [True, False, False]), AB)
    aligned = pairing.align({"one": stored, "two": stored}, dedup=True)
    assert aligned.rows[0].tolist() == [1, 2] and aligned.sizes == (2, 2)


def test_a_class_one_run_does_not_know_is_never_its_prediction() -> None:
    three = ("angry", "happy", "sad")
    aligned = pairing.align({"one": (table(["x"], [1], [0], AB), AB), "two": (table(["x"], [1], [2], three), three)})
    assert aligned.classes == ("Angry", "happy", "sad")
    assert aligned.pred("one").tolist() == [0] and aligned.pred("two").tolist() == [2]
    assert aligned.matrix("two").tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


def test_nothing_in_common_and_other_labels_are_told() -> None:
    with pytest.raises(RunError, match="no face in common"):
        pairing.align({"one": (table(["x"], [0], [0], AB), AB), "two": (table(["y"], [0], [0], AB), AB)})
    with pytest.raises(RunError, match="different labels"):
        pairing.align({"one": (table(["x"], [0], [0], AB), AB), "two": (table(["x"], [1], [0], AB), AB)})


def test_shifts_are_recall_differences_the_surest_first() -> None:
    n = 40
    labels = [0] * n + [1] * n
    one = (table([str(i) for i in range(2 * n)], labels, [1] * n + [1] * n, AB), AB)
    two = (table([str(i) for i in range(2 * n)], labels, [0] * n + [1] * (n - 1) + [0], AB), AB)
    aligned = pairing.align({"one": one, "two": two})
    (first, shift, p), (second, less, luck) = pairing.shifts(
        aligned, "one", "two", paired(*aligned.logits, aligned.true)
    )
    assert (first, shift, second) == ("Angry", 1.0, "happy") and p < 1e-6
    assert less == pytest.approx(-1 / n) and luck == 1.0


def test_the_spread_of_a_score_holds_the_score_and_narrows_with_more_faces() -> None:
    matrix = np.array([[30, 10], [5, 15]])
    low, high = metrics.intervals(matrix, metrics.recall)
    assert (low < metrics.recall(matrix)).all() and (metrics.recall(matrix) < high).all()
    closer = metrics.intervals(matrix * 100, metrics.recall)
    assert (closer[1] - closer[0] < high - low).all()


def test_the_page_compares_the_run_with_its_baseline(gray_world, app) -> None:
    at = app(gray_world, "compare", run="alpha", base="beta")
    assert not at.exception
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    test = paired(aligned.logits[1], aligned.logits[0], aligned.true)
    assert f"**{test.sentence('beta', 'alpha')}**" in at.markdown[0].value
    row = at.dataframe[0].value.iloc[0]
    assert (row["against"], row["fixed"], row["broken"]) == ("beta", len(test.fixed), len(test.broken))
    assert at.multiselect(key="compare-runs").value == ["alpha", "beta"]


def test_choosing_other_runs_changes_the_selection(gray_world, app) -> None:
    at = app(gray_world, "compare", run="alpha", base="beta")
    at.multiselect(key="compare-runs").set_value(["beta"]).run()
    assert (at.session_state["selection"].run, at.session_state["selection"].base) == ("beta", "")
    assert "Choose a second run" in at.info[0].value


def test_broken_faces_are_those_the_test_counts(gray_world, app) -> None:
    at = app(gray_world, "compare", run="alpha", base="beta")
    counts = at.dataframe[0].value.iloc[0]
    at.segmented_control(key="compare-side").set_value("broken").run()
    assert not at.exception and "alpha has these wrong" in "".join(one.value for one in at.caption)
    from dashboard import view
    from dashboard.results import changed
    from dashboard.state import Selection

    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    found = pairing.compared(aligned, "beta", "alpha")
    shown = view.of(Selection(data="tiny", split="val", run="alpha", base="beta"))
    rows = changed.rows(aligned, "alpha", "beta", found.broken, shown)
    assert len(rows) == counts["broken"] and not shown.frame["right"].iloc[rows].any()


def test_the_dial_answers_for_the_rare_classes(gray_world, app) -> None:
    from dashboard.results import rarer
    from ferkit.evaluate.logit_adjustment import adjusted, prior
    from ferkit.runs import open_run

    at = app(gray_world, "compare", run="alpha", base="beta")
    assert any(one.value.startswith("**alpha** as it is: ") for one in at.markdown)
    at.select_slider(key="compare-tau").set_value(1.0).run()
    assert not at.exception
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    shares = prior(open_run("alpha").meta["data"]["counts"]["train"], aligned.classes)
    moved = metrics.confusion(aligned.true, adjusted(aligned.logits[0], shares, 1.0).argmax(1), len(aligned.classes))
    before = aligned.matrix("alpha")
    assert (moved != before).any()
    told = rarer.sentence("alpha", before, moved, aligned.classes)
    assert "Recall moves most for" in told and told in [one.value for one in at.markdown]


def test_other_worlds_are_drawn_or_tell_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    assert not app(imageless_world, "compare", run="alpha", base="beta").exception
    for world in (colour_world, empty_world):
        at = app(world, "compare")
        assert not at.exception and "needs two" in at.info[0].value
