"""The nearest training faces in the panel of a face: tiles with images, words without, one sentence where there are
none."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import near, traits, view
from dashboard.faces import columns, training_faces
from dashboard.state import Selection
from ferkit.data import store
from ferkit.evaluate.nearest_train import store_nearest
from ferkit.explain.face_regions import REGIONS
from ferkit.runs import open_run
from ferkit.runs.nearest import NearestTrain
from tests.pages.components import sent
from tests.worlds import World


@pytest.fixture
def world(gray_world: World, tmp_path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`gray_world` with the nearest training faces of `alpha`."""
    world = gray_world.copy(tmp_path / "nearest")
    world.enter(monkeypatch)
    store_nearest(open_run("alpha"), store.load("tiny"), "val")
    return world


def page(row: int) -> None:
    from dashboard import state, view
    from dashboard.faces import training_faces

    state.enter("failures")
    state.adopt(state.Selection(data="tiny", split="val", run="alpha"))
    training_faces.show(view.of(state.current()), row)


def start(row: int) -> AppTest:
    at = AppTest.from_function(page, args=(row,), default_timeout=60).run()
    assert not at.exception
    return at


def captions(at: AppTest) -> str:
    return " ".join(text.value for text in at.caption)


def shown_view() -> view.View:
    return view.of(Selection(data="tiny", split="val", run="alpha"))


def test_the_five_nearest_are_shown_with_their_labels(world: World) -> None:
    shown = shown_view()
    found, frame = near.stored(shown.results, shown.split), shown.frame
    for row in range(6):
        at = start(row)
        tiles = sent(at, "tiles")[0]["tiles"]
        label, pred = int(frame["label"].iat[row]), int(frame["pred"].iat[row])
        assert [tile[1] for tile in tiles[:5]] == [shown.classes[c] for c in found.labels[row]]
        assert [tile[2].startswith("⚠") for tile in tiles[:5]] == (found.labels[row] != pred).tolist()
        assert [tile[4] for tile in tiles[5:]] == (
            [] if label in found.labels[row] else [f"The nearest labelled {shown.classes[label]}"]
        )


def test_without_images_the_labels_are_words(world: World) -> None:
    store.path_of("tiny").unlink()
    at = start(0)
    assert not sent(at, "tiles") and "data import ARCHIVE.zip" in captions(at) and "By the cosine" in captions(at)


def test_where_they_are_not_stored_or_broken_it_says_so(world: World) -> None:
    path = world.checkpoints / "alpha" / "val-nearest.npz"
    path.write_bytes(b"cut short")
    assert "val-nearest.npz cannot be used" in captions(start(0))
    assert near.far(shown_view()) == {}
    path.unlink()
    assert "python -m ferkit nearest alpha --data 'tiny' --split val" in captions(start(0))


def test_the_distance_is_a_property_and_sorts_the_gallery(world: World) -> None:
    shown = shown_view()
    distance = near.stored(shown.results, shown.split).distance[:, -1]
    np.testing.assert_array_equal(columns.columns(shown)["training"], distance)
    np.testing.assert_allclose(traits.properties(shown)[near.FAR], distance)
    assert near.FAR in traits.PROPERTIES


def nearest_of(labels: list[int], distance: list[float], true_row: int = 9) -> NearestTrain:
    one = np.array([labels])
    return NearestTrain(
        rows=one, labels=one, distance=np.array([distance]), true_rows=np.array([true_row]),
        true_distance=np.array([0.3]), far=0.4, centres=np.zeros((1, 2)), centre_labels=np.zeros(1), centre_far=1.0,
        data="", fingerprint="", n=10,
    )  # fmt: skip


NAMES = ("fear", "happy", "sad")


def test_the_sentence_counts_labels_and_says_how_far() -> None:
    said = training_faces.sentence
    gaps = [0.1, 0.2, 0.2, 0.3, 0.35]
    assert "4 of 5 are labelled sad, as predicted, 1 fear, as" in said(
        nearest_of([2, 2, 0, 2, 2], gaps), 0, NAMES, 0, 2
    )
    assert "none fear, as the face itself: the nearest of these is 3.0 times as far" in said(
        nearest_of([2, 2, 2, 1, 2], gaps), 0, NAMES, 0, 2
    )
    assert "no training face is labelled fear." in said(nearest_of([2] * 5, gaps, -1), 0, NAMES, 0, 2)
    right = said(nearest_of([2] * 5, [0.0, 0.2, 0.2, 0.3, 0.5]), 0, NAMES, 2, 2)
    assert "5 of 5 are labelled sad, as predicted." in right
    assert "nearly the same picture" in right and "further from all training faces than 99%" in right


def test_the_part_that_stands_out_against_the_usual_difference_is_named() -> None:
    usual = np.full(len(REGIONS), 0.5)
    gaps = usual.copy()
    gaps[REGIONS.index("mouth")], gaps[REGIONS.index("elsewhere")] = 1.0, 5.0
    assert training_faces.difference(gaps, usual) == "the mouth (2.0 times the usual difference)"
    assert training_faces.difference(usual, usual) == ""
    assert training_faces.difference(gaps, np.zeros(len(REGIONS))) == ""
