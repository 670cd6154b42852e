"""Training: curves, pace, states, and settings side by side."""

import json
import shutil

from tests.pages.components import charts, control, press, rows


def test_the_page_draws_both_runs_and_marks_what_differs(gray_world, app) -> None:
    at = app(gray_world, "training", run="alpha", base="beta")
    assert not at.exception
    assert "**alpha reached " in "".join(text.value for text in at.markdown)
    assert [row["Run"] for row in rows(at, "Pace")] == ["alpha", "beta"] and "%" in rows(at, "Pace")[0][
        "Best val accuracy"
    ]
    settings = {row["Setting"]: (row["alpha"], row["beta"]) for row in rows(at, "Settings")}
    assert settings["model"] == ("base-cnn", "lenet") and "lr" not in settings
    assert charts(at) == ["Accuracy: val solid, train dotted"]
    press(at, "differences", False)
    assert {"Setting": "batch", "alpha": "32", "beta": "32"} in rows(at, "Settings")
    assert not any(toggle.key == "refresh" for toggle in at.toggle)


def test_a_run_in_training_or_without_history_is_named(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "busy")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    folder = world.checkpoints / "beta"
    (folder / "history.csv").unlink()
    (folder / "run.json").write_text(json.dumps(json.loads((folder / "run.json").read_text()) | {"status": "training"}))
    at = app(world, "training", run="alpha", base="beta")
    assert not at.exception
    assert "No epoch recorded: beta." in [text.value for text in at.caption]
    assert at.toggle(key="refresh").value is False


def test_other_worlds_are_drawn_or_show_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    assert not app(colour_world, "training", data="colour").exception
    assert not app(imageless_world, "training").exception
    at = app(empty_world, "training")
    assert not at.exception and "python -m ferkit train" in at.info[0].value


def test_a_shared_address_shows_the_same_curve(gray_world, app) -> None:
    at = app(gray_world, "training", run="alpha", base="beta", curve="loss", runs="beta")
    assert not at.exception
    assert control(at, "curve")["value"] == "loss" and [row["Run"] for row in rows(at, "Pace")] == ["beta"]


def test_scores_of_an_epoch_say_that_copies_are_among_them(gray_world, app) -> None:
    said = "were measured on all faces, exact copies of training faces included"
    for dedup in ("0", "1"):
        at = app(gray_world, "training", run="alpha", dedup=dedup)
        assert sum(said in text.value for text in at.caption) == int(dedup)
