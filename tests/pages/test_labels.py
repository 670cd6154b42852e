"""Labels: whose errors, which labels are outvoted or suspect, and notes; with votes and without, with images and
without."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard import traits, view
from dashboard.selection import Selection
from ferkit.audit import crowd as votes
from ferkit.audit.label_issues import find
from ferkit.data import notes, store
from ferkit.data.faces import Faces
from ferkit.data.notes import Note
from tests.galleries import parts, shown
from tests.pages.components import charts, control, rows, sent
from tests.worlds import World


def voted(faces: Faces, classes: dict[str, str]) -> Faces:
    """Ten votes on each face, most of them for its label; of every fifth face for another answer."""
    rng = np.random.default_rng(1)
    names = (*classes.values(), "unknown")
    counts = rng.multinomial(3, np.full(len(names), 1 / len(names)), len(faces))
    label = np.array([list(classes).index(faces.classes[i]) for i in faces.labels])
    label[::5] = (label[::5] + 1) % len(classes)
    counts[np.arange(len(faces)), label] += 7
    counts[3] = 0  # nobody voted
    return replace(faces, votes=counts.astype(np.uint8), vote_names=names)


@pytest.fixture
def with_votes(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`gray_world`, its dataset with votes under FER+'s names."""
    world = copied(gray_world, tmp_path, monkeypatch)
    faces = store.load("tiny")
    names = {"angry": "anger", "happy": "happiness", "sad": "sadness"}
    store.save(voted(faces, {name: names.get(name, name) for name in faces.classes}))
    return world


@pytest.fixture
def without_votes(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`gray_world`, its dataset without votes."""
    world = copied(gray_world, tmp_path, monkeypatch)
    store.save(replace(store.load("tiny"), votes=None, vote_names=()))
    return world


def copied(world: World, path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy to write into."""
    copy = World(path / "copy")
    shutil.copytree(world.data, copy.data, dirs_exist_ok=True)
    shutil.copytree(world.checkpoints, copy.checkpoints, dirs_exist_ok=True)
    copy.enter(monkeypatch)
    return copy


def current(**chosen: str) -> view.View:
    return view.of(Selection(**{"data": "tiny", "split": "val", "run": "alpha"} | chosen))


@pytest.mark.parametrize(
    ("page", "titles"),
    {
        "overview": ("Accuracy against size",),
        "compare": ("Recall per class",),
        "confidence": ("Accuracy by confidence", "Accuracy against coverage", "True class among the most probable"),
        "training": ("Accuracy",),
        "slices": ("Accuracy by ",),
    }.items(),
)
def test_one_person_stands_on_every_chart_of_accuracy(app: Callable, with_votes: World, page: str, titles) -> None:
    at = app(with_votes, page, data="tiny", run="alpha", base="beta", by="By property")
    found = {chart["title"]: json.dumps(chart["marks"]) for chart in sent(at, "chart")}
    for title in titles:
        (marks,) = [marks for name, marks in found.items() if name.lower().startswith(title.lower())]
        assert "one person" in marks, title


def test_with_votes_the_gallery_holds_what_the_crowd_outvotes(app: Callable, with_votes: World) -> None:
    at = app(with_votes, "labels", data="tiny", run="alpha")
    assert not at.exception
    now = current()
    crowd, label = traits.crowd(now), now.frame["label"].to_numpy()
    assert crowd is not None
    assert shown(at) == np.flatnonzero(crowd.disputes(label)).tolist()
    errors = int((~now.frame["right"]).sum())
    people = int((~now.frame["right"].to_numpy() & (crowd.voters_for(now.frame["pred"].to_numpy()) >= 2)).sum())
    verdict = f"{100 * people / errors:.0f}% of the {errors} errors are errors that people make too"
    assert any(verdict in text.value for text in at.markdown)
    assert charts(at) == ["Whose errors are they?"]
    marks = {mark["name"]: mark for mark in sent(at, "chart")[0]["marks"]}
    assert marks["people err too"]["select"][0] == ["all classes", "people err too"]


@pytest.mark.parametrize(
    ("which", "title"),
    [
        ("agreement", "Error of the model by the crowd's agreement with the label"),
        ("entropy", "How far people disagree about a face"),
        ("classes", "Labels that the crowd confirms, by class"),
    ],
)
def test_each_chart_of_the_votes(app: Callable, with_votes: World, which: str, title: str) -> None:
    at = app(with_votes, "labels", data="tiny", run="alpha", votes=which)
    assert not at.exception and charts(at) == [title]


def test_a_tag_and_a_class_in_the_address_narrow_the_gallery(app: Callable, with_votes: World) -> None:
    at = app(with_votes, "labels", data="tiny", run="alpha", votes="classes", true="happy", tags="crowd disagrees")
    now = current(true="happy")
    crowd, label = traits.crowd(now), now.frame["label"].to_numpy()
    assert crowd is not None
    happy = now.classes.index("happy")
    assert shown(at) == np.flatnonzero(crowd.disputes(label) & (label == happy)).tolist()
    assert sent(at, "chart")[0]["chosen"] == ["happy"]
    text = sent(at, "chart")[0]["marks"][0]["hover"]
    assert any(line.startswith("happy: the crowd confirms") for line in text)


def test_a_range_of_agreement_in_the_address_is_highlighted(app: Callable, with_votes: World) -> None:
    at = app(
        with_votes, "labels", data="tiny", run="alpha", votes="agreement", slices="votes for the label:0.6:0.799999"
    )
    agreement = traits.properties(current())["votes for the label"]
    assert shown(at) == np.flatnonzero((agreement >= 0.6) & (agreement < 0.8)).tolist()
    (figure,) = sent(at, "chart")
    assert [0.6, 0.799999] in figure["marks"][0]["select"] and figure["chosen"] == [[0.6, 0.799999]]
    assert any("one person errs" in mark.get("label", "") for mark in figure["marks"])


def test_without_votes_suspect_labels_are_ranked_and_their_basis_is_named(app: Callable, without_votes: World) -> None:
    at = app(without_votes, "labels", data="tiny", run="alpha")
    assert not at.exception
    assert [value for value, _ in control(at, "look")["options"]] == ["Suspect labels", "Notes"]
    now = current()
    suspect = find(now.frame["label"].to_numpy(), now.probabilities).suspect
    assert shown(at) == np.flatnonzero(suspect).tolist()
    assert parts(at, "gallery")[0]["look"]["sort"] == "loss"
    assert any(f"{suspect.sum()} of {len(suspect)} labels are suspect." in text.value for text in at.markdown)
    assert any("predictions for val, which the run was not trained on" in text.value for text in at.caption)


def test_without_images_nothing_is_missing_but_the_votes(app: Callable, imageless_world: World) -> None:
    at = app(imageless_world, "labels", data="tiny", run="alpha")
    assert not at.exception and charts(at) == ["Suspect labels by class"]
    assert parts(at, "gallery")[0]["sprites"] is None


def test_three_colour_classes(app: Callable, colour_world: World) -> None:
    at = app(colour_world, "labels", data="colour", run="rgb")
    assert not at.exception and charts(at) == ["Whose errors are they?"]
    at = app(colour_world, "labels", data="colour", run="rgb", look="Suspect labels")
    assert not at.exception and len(sent(at, "chart")[0]["marks"][0]["y"]) == 3


def test_notes_are_listed_with_what_they_change(app: Callable, with_votes: World) -> None:
    at = app(with_votes, "labels", data="tiny", run="alpha", look="Notes")
    assert not at.exception and any("No notes yet" in text.value for text in at.info)
    now = current()
    wrong = np.flatnonzero(~now.frame["right"].to_numpy())[:2]
    ids = now.frame["id"].to_numpy()[wrong]
    given = [now.classes[i] for i in now.frame["pred"].to_numpy()[wrong]]
    notes.write("tiny", *(Note(face, "wrong label", name) for face, name in zip(ids, given, strict=True)))
    at = app(with_votes, "labels", data="tiny", run="alpha", look="Notes")
    assert shown(at) == wrong.tolist()
    assert [row["Should be"] for row in rows(at, "2 notes on tiny")] == [
        notes.read("tiny")[i].label for i in notes.read("tiny")
    ]
    assert any("With 2 corrected labels accuracy is" in text.value for text in at.markdown)
    assert rows(at, "Scores with and without")[0]["difference"].startswith("+")


def test_a_broken_file_of_notes_is_one_sentence(app: Callable, with_votes: World) -> None:
    notes.path_of("tiny").write_bytes(b"no database")
    at = app(with_votes, "labels", data="tiny", run="alpha", look="Notes")
    assert not at.exception and any("cannot be read as notes" in text.value for text in at.error)


def test_a_face_is_marked_in_its_panel(app: Callable, with_votes: World) -> None:
    at = app(with_votes, "labels", data="tiny", run="alpha")
    now = current()
    crowd, label = traits.crowd(now), now.frame["label"].to_numpy()
    assert isinstance(crowd, votes.Crowd)
    row = int(np.flatnonzero(crowd.disputes(label) & (crowd.majority >= 0))[0])
    face = str(now.frame["id"].iat[row])
    at = app(with_votes, "labels", data="tiny", run="alpha", face=face)
    key = f"note-{face}-"
    at.pills(key=f"{key}mark").set_value("wrong label").run()
    kept = notes.read("tiny")[face]
    assert (kept.mark, kept.label) == ("wrong label", now.classes[crowd.majority[row]])  # what most people chose
    at.text_input(key=f"{key}tag").set_value("glasses").run()
    at.text_area(key=f"{key}text").set_value("two\nlines").run()
    kept = notes.read("tiny")[face]
    assert (kept.mark, kept.tag, kept.text) == ("wrong label", "glasses", "two\nlines")
    at.pills(key=f"{key}mark").set_value("ambiguous").run()
    assert (notes.read("tiny")[face].mark, notes.read("tiny")[face].label) == ("ambiguous", "")
    at.text_input(key=f"{key}tag").set_value("\x1b[2J").run()
    assert notes.read("tiny")[face].tag == "glasses" and any("control characters" in text.value for text in at.error)
    assert pd.notna(kept.changed) and not at.exception
