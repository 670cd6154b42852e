"""The human ceiling of a dataset: a number where it has votes, else None."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from dashboard.charts.spec import Axis, Bars, Chart, Points, Rules
from dashboard.results import ceiling
from ferkit.data import store
from ferkit.data.faces import Faces


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    st.cache_resource.clear()


def test_it_is_of_the_split(faces: Faces) -> None:
    votes = np.zeros((len(faces), 2), np.uint8)
    votes[faces.splits == "val"] = [10, 0]
    votes[faces.splits == "train"] = [2, 2]  # whoever is left out is outvoted
    store.save(replace(faces, votes=votes, vote_names=("angry", "happy")))
    assert ceiling.of(faces.name, "val") == 1
    assert ceiling.of(faces.name, "train") == 0
    assert ceiling.of(faces.name, "all") == pytest.approx((faces.splits == "val").mean())
    assert ceiling.of(faces.name, "test") is None
    found = ceiling.agreement(faces.name, "val")
    assert found is not None and found.n == (faces.splits == "val").sum()
    assert set(ceiling.by_class(faces.name, "val")) == set(faces.classes) and ceiling.by_class("absent", "val") == {}


def test_copies_of_training_faces_are_left_out_with_the_scores(faces: Faces) -> None:
    val = np.flatnonzero(faces.splits == "val")
    images, votes = faces.images.copy(), np.zeros((len(faces), 2), np.uint8)
    images[val[0]] = images[np.flatnonzero(faces.splits == "train")[0]]
    votes[val] = [10, 0]
    votes[val[0]] = [2, 2]  # on the copy nobody agrees
    changed = Faces(faces.name, images, faces.labels, faces.ids, faces.splits, faces.classes, votes, ("angry", "happy"))
    assert changed.leaked[val[0]]
    store.save(changed)
    assert ceiling.of(faces.name, "val") == pytest.approx(1 - 1 / len(val))
    assert ceiling.of(faces.name, "val", dedup=True) == 1
    assert ceiling.agreement(faces.name, "val", dedup=True).n == (~changed.leaked[val]).sum()


def test_no_votes_no_line(faces: Faces) -> None:
    assert ceiling.of("absent", "val") is None
    store.save(faces)
    assert ceiling.of(faces.name, "val") is None
    store.path_of("broken").write_bytes(b"no store")
    assert ceiling.of("broken", "val") is None
    assert ceiling.of("../climb", "val") is None


def test_it_is_drawn_on_charts_of_accuracy(faces: Faces) -> None:
    bars = Chart("Recall", Axis("recall"), Axis(kind="category"), [Bars([50], ["sad"], horizontal=True)])
    assert ceiling.with_line(bars, faces.name, "val") is bars and ceiling.with_ticks(bars, faces.name, "val") is bars
    votes = np.zeros((len(faces), 3), np.uint8)
    votes[np.arange(len(faces)), faces.labels] = 9
    store.save(replace(faces, votes=votes, vote_names=faces.classes))
    line = ceiling.with_line(bars, faces.name, "val", vertical=True).marks[-1]
    assert isinstance(line, Rules) and line.vertical and (line.at, line.label) == (100, "one person 100.0%")
    ticks = ceiling.with_ticks(bars, faces.name, "val").marks[-1]
    assert isinstance(ticks, Points) and list(ticks.y) == list(faces.classes) and list(ticks.x) == [100] * 3
