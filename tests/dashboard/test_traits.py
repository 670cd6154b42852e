"""Properties and tags of the faces of a View: known from its results, from other runs and from beside the dataset."""

import dataclasses

import numpy as np
import pytest

from dashboard import traits
from dashboard.scored import table
from dashboard.state import Selection
from dashboard.view import View
from ferkit.audit import store as audits
from ferkit.data import notes, store
from ferkit.data.notes import Note
from ferkit.evaluate.nearest_train import store_nearest
from ferkit.runs import open_run
from tests.worlds import World


@pytest.fixture
def world(gray_world: World, tmp_path) -> World:
    """`gray_world` with an audit, votes and a note, in a folder of its own."""
    return gray_world.copy(tmp_path / "traits")


def opened(world: World, monkeypatch: pytest.MonkeyPatch, data: str = "tiny") -> View:
    world.enter(monkeypatch)
    run = open_run("alpha")
    results = run.results()
    return View(run, results, "val", table(results, "val"), Selection(data=data, split="val", run="alpha"))


def test_tags_of_the_run_and_of_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(world, monkeypatch)
    tags, frame = traits.tags(shown), shown.frame
    other = table(open_run("beta").results(), "val")
    assert frame["id"].tolist() == other["id"].tolist()
    assert (tags["all runs wrong"] == ~frame["right"] & ~other["right"]).all()
    assert (tags["runs disagree"] == (frame["pred"] != other["pred"])).all()
    assert (tags["exact copy in train"] == frame["leaked"]).all()
    assert "neighbours of another class" in tags and "dark" not in tags and "noted" not in tags


def test_what_is_stored_beside_the_dataset_is_joined_by_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(world, monkeypatch)
    before = set(traits.properties(shown))
    assert {"loss", "margin"} <= before and "brightness" not in before
    faces = store.load("tiny")
    table = audits.audit(faces)
    audits.save(faces, table)
    shown = opened(world, monkeypatch)
    columns = traits.properties(shown)
    assert set(columns) - before <= set(traits.PROPERTIES)
    expected = table.set_index("id")["brightness"].reindex(shown.frame["id"])
    np.testing.assert_allclose(columns["brightness"], expected)
    assert {"dark", "blurred", "near duplicate"} <= set(traits.tags(shown))
    low, high = expected.min(), expected.median()
    narrowed = dataclasses.replace(shown.selection, slices=(("brightness", float(low), float(high)),))
    assert len(dataclasses.replace(shown, selection=narrowed).rows()) == (expected <= high).sum()


def test_the_faces_far_from_the_training_faces_are_tagged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(world, monkeypatch)
    assert "far from training" not in traits.tags(shown)
    found = store_nearest(open_run("alpha"), store.load("tiny"), "val")
    far = traits.tags(opened(world, monkeypatch))["far from training"]
    assert far.tolist() == (found.distance[:, -1] > found.far).tolist() and 0 < far.sum() < len(far) / 10


def test_a_note_is_a_tag_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(world, monkeypatch)
    assert "noted" not in traits.tags(shown)
    noted = str(shown.frame["id"].iat[5])
    notes.write("tiny", Note(noted, text="half of a face"))
    assert np.flatnonzero(traits.tags(shown)["noted"]).tolist() == [5]


def test_votes_are_properties_and_tags(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.enter(monkeypatch)
    faces = store.load("tiny")
    votes = np.zeros((len(faces), len(faces.classes)), np.uint8)
    votes[np.arange(len(faces)), faces.labels] = 7
    votes[:, 0] += 3
    store.save(dataclasses.replace(faces, votes=votes, vote_names=faces.classes))
    shown = opened(world, monkeypatch)
    labels = shown.frame["label"].to_numpy()
    assert traits.properties(shown)["votes for the label"].tolist() == np.where(labels == 0, 1.0, 0.7).tolist()
    assert not traits.tags(shown)["crowd disagrees"].any()


def test_without_images_the_run_alone_is_known(imageless_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(imageless_world, monkeypatch)
    assert traits.audit(shown) is None and traits.crowd(shown) is None
    assert {"confident and wrong", "unsure", "all runs wrong"} <= set(traits.tags(shown))
