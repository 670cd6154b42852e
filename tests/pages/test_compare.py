"""Compare: runs tested in pairs, and the faces that one of them fixed or broke."""

import json
import shutil

from dashboard.results import pairing
from ferkit import metrics
from ferkit.evaluate.compare import paired


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
    at.segmented_control(key="view-changed").set_value("broken").run()
    assert not at.exception and "alpha is wrong, beta is right." in [text.value for text in at.caption]
    from dashboard import view
    from dashboard.results import changed
    from dashboard.state import Selection

    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    test = pairing.compared(aligned, "beta", "alpha")
    shown = view.of(Selection(data="tiny", split="val", run="alpha", base="beta"))
    rows = changed.rows(aligned, "alpha", "beta", test.broken, shown)
    assert len(rows) == counts["broken"] and not shown.frame["right"].iloc[rows].any()


def test_logit_adjustment_moves_recall_to_the_rare_classes(gray_world, app) -> None:
    from dashboard.results import logit_adjustment
    from ferkit.evaluate.logit_adjustment import adjusted, prior
    from ferkit.runs import open_run

    at = app(gray_world, "compare", run="alpha", base="beta")
    assert any(text.value.startswith("**alpha** unadjusted: ") for text in at.markdown)
    at.select_slider(key="view-tau").set_value(1.0).run()
    assert not at.exception
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    shares = prior(open_run("alpha").manifest.data.counts["train"], aligned.classes)
    moved = metrics.confusion(aligned.true, adjusted(aligned.logits[0], shares, 1.0).argmax(1), len(aligned.classes))
    before = aligned.matrix("alpha")
    assert (moved != before).any()
    sentence = logit_adjustment.sentence("alpha", before, moved, aligned.classes)
    assert "Largest changes in recall" in sentence and sentence in [text.value for text in at.markdown]


def test_other_worlds_are_drawn_or_show_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    assert not app(imageless_world, "compare", run="alpha", base="beta").exception
    for world in (colour_world, empty_world):
        at = app(world, "compare")
        assert not at.exception and "needs two" in at.info[0].value


def test_a_shared_address_shows_the_same_view(gray_world, app) -> None:
    view = {"norm": "column", "measure": "precision", "tau": "0.5", "changed": "broken"}
    at = app(gray_world, "compare", data="tiny", split="val", run="alpha", base="beta", **view)
    assert not at.exception
    assert at.select_slider[0].value == 0.5
    chosen = {control.label: control.value for control in at.segmented_control}
    assert (chosen["Normalise"], chosen["Metric"], chosen["Faces"]) == ("column", "precision", "broken")
    assert "alpha is wrong, beta is right." in [text.value for text in at.caption]


def test_in_sample_scores_come_with_a_warning(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "fitted")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    for folder in world.checkpoints.iterdir():
        manifest = json.loads((folder / "run.json").read_text())
        manifest["scores"]["train"] = manifest["scores"]["val"]
        (folder / "run.json").write_text(json.dumps(manifest))
        shutil.copy(folder / "val.parquet", folder / "train.parquet")
    at = app(world, "compare", data="tiny", split="train", run="alpha", base="beta")
    assert not at.exception and at.warning[0].value.startswith("Trained on these faces: alpha, beta.")
