"""Faces of a dataset: samples of a class, identical ones, and one opened by a click."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.faces import album
from ferkit.colours import MUTED, WRONG
from ferkit.data import store


def page() -> None:
    import streamlit as st

    from dashboard import load, state
    from dashboard.dataset import contents
    from dashboard.faces import album

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
    assert at.selectbox(key="view-class").value == ""
    at.button(key="happy").click().run()
    assert not at.exception and at.selectbox(key="view-class").value == "happy"
    assert at.query_params["class"] in ("happy", ["happy"])


def test_others_are_drawn_at_the_button(at: AppTest) -> None:
    at.button(key="album-others").click().run()
    assert not at.exception and at.query_params["seed"] in ("1", ["1"])


def test_identical_faces_are_counted(at: AppTest) -> None:
    at.segmented_control(key="view-faces").set_value("Identical faces").run()
    assert not at.exception
    texts = " ".join(text.value for text in (*at.markdown, *at.caption))
    assert "also in train" in texts or "No two faces have the same pixels" in texts


def test_a_tile_of_identical_faces_names_its_places(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    faces = store.load("tiny")
    splits, labels = faces.splits.copy(), faces.labels.copy()
    splits[:3], labels[:3] = ["train", "train", "val"], [0, 0, 1]
    faces = replace(faces, splits=splits, labels=labels)
    same, differing = album._duplicate(faces, np.array([0, 1])), album._duplicate(faces, np.array([0, 1, 2]))
    assert (same.title, same.note, same.colour) == (faces.classes[0], "train ×2", MUTED)
    assert differing.note == f"also {faces.classes[1]}: train ×2 + val" and differing.colour == WRONG
