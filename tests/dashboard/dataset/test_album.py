"""Faces of a dataset: samples of a class, identical ones, and one opened by a click."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.dataset import copies
from ferkit.audit.groups import Group
from ferkit.colours import MUTED, WRONG
from ferkit.data import store
from tests.pages.components import control, press


def page() -> None:
    import streamlit as st

    from dashboard import load, state
    from dashboard.dataset import album, contents

    state.enter("dataset")
    state.current()
    dataset = contents.of("tiny", load.all_runs())
    album.show(dataset, dataset.faces)
    st.button("happy", key="happy", on_click=album.choose_class, args=("happy",))


@pytest.fixture
def at(gray_world, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    gray_world.enter(monkeypatch)
    started = AppTest.from_function(page, default_timeout=60).run()
    assert not started.exception
    return started


def test_a_class_chosen_elsewhere_is_the_one_sampled(at: AppTest) -> None:
    assert control(at, "class")["value"] == ""
    at.button(key="happy").click().run()
    assert not at.exception and control(at, "class")["value"] == "happy"
    assert at.query_params["class"] in ("happy", ["happy"])


def test_others_are_drawn_at_the_button(at: AppTest) -> None:
    press(at, "others")
    assert not at.exception and at.query_params["seed"] in ("1", ["1"])


def test_identical_faces_are_counted(at: AppTest) -> None:
    press(at, "faces", "Duplicates")
    assert not at.exception
    texts = " ".join(text.value for text in (*at.markdown, *at.caption))
    assert "also in train" in texts or "No two faces have the same pixels" in texts


def test_a_group_names_its_labels_and_places_and_frames_the_rare_label(
    gray_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    gray_world.enter(monkeypatch)
    faces = store.load("tiny")
    splits, labels, groups = faces.splits.copy(), faces.labels.copy(), faces.groups.copy()
    splits[:3], labels[:3], groups[:3] = ["train", "train", "val"], [0, 0, 1], 0
    faces = replace(faces, splits=splits, labels=labels, groups=groups)
    group = Group(np.arange(3), "exact", True, ("train", "val"))
    tiles = copies._row(faces, group)
    names = faces.classes[:2]
    assert tiles[0].head == f"3 identical faces · different labels: {names[0]}, {names[1]} · in train and val"
    assert [tile.head for tile in tiles[1:]] == ["", ""]
    assert [(tile.title, tile.note, tile.colour) for tile in tiles] == [
        (names[0], "train", MUTED), (names[0], "train", MUTED), (names[1], "val", WRONG),
    ]  # fmt: skip
