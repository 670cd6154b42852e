"""The Dataset page on what an audit found: duplicates, image quality, outliers, each leading to its faces."""

import numpy as np
import pandas as pd
import pytest

from ferkit.audit import store as audits
from ferkit.data import store
from ferkit.data.faces import Faces
from tests.pages.components import press, sent
from tests.worlds import World

VIEWS = ["Sample faces", "Duplicates", "Image quality", "Outliers"]


@pytest.fixture(scope="module")
def audited(gray_world, tmp_path_factory) -> World:  # type: ignore[no-untyped-def]
    """`gray_world` with an audit, where two faces of train are one picture nearly, with two labels, and one is dark."""
    world = gray_world.copy(tmp_path_factory.mktemp("audited"))
    patch = pytest.MonkeyPatch()
    world.enter(patch)
    try:
        drawn = store.load("tiny")
        images = drawn.images.copy()
        first, second = np.flatnonzero(drawn.splits == "train")[:2]
        images[second] = np.roll(images[first], 1, axis=1)
        images[5] = images[5] // 6
        labels = drawn.labels.copy()
        labels[second] = (labels[first] + 1) % 7
        changed = Faces("tiny", images, labels, drawn.ids, drawn.splits, drawn.classes, drawn.votes, drawn.vote_names)
        store.save(changed)
        audits.save(changed, audits.audit(changed))
    finally:
        patch.undo()
    return world


@pytest.mark.parametrize("chosen", VIEWS)
@pytest.mark.parametrize("world", ["audited", "gray_world", "colour_world", "imageless_world"])
def test_every_view_is_drawn_in_every_world(app, request, world: str, chosen: str) -> None:
    there = request.getfixturevalue(world)
    at = app(there, "dataset", data="colour" if world == "colour_world" else "tiny", faces=chosen)
    assert not at.exception and not at.error
    offered = [button for button in at.button if button.key == "audit-start"]
    without = world in ("gray_world", "colour_world") and chosen in ("Duplicates", "Image quality")
    assert len(offered) == without


def test_groups_of_duplicates_are_rows_and_those_that_disagree_come_first(app, audited) -> None:
    at = app(audited, "dataset", data="tiny", faces="Duplicates")
    tiles = sent(at, "tiles")[-1]["tiles"]
    heads = [tile[4] for tile in tiles if tile[4]]
    assert heads[0].startswith("2 nearly identical faces · different labels: ")
    assert tiles[0][4] == heads[0] and tiles[1][4] == "" and tiles[0][1] != tiles[1][1]
    press(at, "copies", "across splits")
    shown = sent(at, "tiles")[-1]["tiles"]
    assert all("in train and val" in tile[4] or "test" in tile[4] for tile in shown if tile[4])
    assert len(shown) < len(tiles)


def test_a_bar_of_an_issue_leads_to_its_faces(app, audited) -> None:
    at = app(audited, "dataset", data="tiny", faces="Image quality", issue="dark")
    table = pd.read_parquet(audited.data / "tiny-audit.parquet")
    (drawn,) = sent(at, "chart")
    bars = drawn["marks"][0]
    assert dict(zip(bars["y"], bars["x"], strict=True))["dark"] == table["dark"].sum() > 0
    assert drawn["chosen"] == ["dark"]
    shown = [tile[0] for tile in sent(at, "tiles")[-1]["tiles"]]
    expected = table[table["dark"]].sort_values("brightness", kind="stable").index.tolist()
    assert shown == expected and 5 in shown


def test_copies_of_training_faces_are_left_out_of_issues_and_outliers(app, gray_world, tmp_path, monkeypatch) -> None:
    world = gray_world.copy(tmp_path / "copies")
    world.enter(monkeypatch)
    drawn = store.load("tiny")
    images, val = drawn.images // 3, np.flatnonzero(drawn.splits == "val")
    images[val[0]] = images[np.flatnonzero(drawn.splits == "train")[0]]  # all of it dark, one face twice
    changed = Faces("tiny", images, drawn.labels, drawn.ids, drawn.splits, drawn.classes, drawn.votes, drawn.vote_names)
    store.save(changed)
    audits.save(changed, audits.audit(changed))
    dark = audits.load(changed)["dark"].to_numpy()
    assert changed.leaked[val[0]] and dark[val[0]]
    for dedup, kept in (("", np.ones(len(dark), bool)), ("1", ~changed.leaked)):
        at = app(world, "dataset", data="tiny", faces="Image quality", issue="dark", dedup=dedup)
        bars = sent(at, "chart")[0]["marks"][0]
        assert dict(zip(bars["y"], bars["x"], strict=True))["dark"] == (dark & kept).sum()
        at = app(world, "dataset", data="tiny", run="alpha", faces="Outliers", dedup=dedup)
        tiles = [tile[0] for tile in sent(at, "tiles")[-1]["tiles"]]
        assert set(tiles) == set(np.flatnonzero((changed.splits == "val") & kept).tolist())


def test_outliers_are_the_most_distant_of_the_chosen_run_first(app, gray_world) -> None:
    at = app(gray_world, "dataset", data="tiny", run="alpha", faces="Outliers")
    notes = [float(tile[2]) for tile in sent(at, "tiles")[-1]["tiles"]]
    assert notes == sorted(notes, reverse=True) and len(notes) == len(store.load("tiny").split("val"))
    assert any("in the features of **alpha**" in text.value for text in at.markdown)


def test_the_open_face_is_in_the_address_and_arrows_step(app, audited) -> None:
    at = app(audited, "dataset", data="tiny", faces="Duplicates")
    first, second = [tile[0] for tile in sent(at, "tiles")[-1]["tiles"]][:2]
    ids = pd.read_parquet(audited.data / "tiny-audit.parquet")["id"]
    at = app(audited, "dataset", data="tiny", faces="Duplicates", face=ids[first])
    assert not at.exception
    assert any("nearly" in caption.value for caption in at.caption)
    assert second in [tile[0] for tile in sent(at, "tiles")[-1]["tiles"]]  # of the same picture, in the panel
    at.button(key="detail-right").click().run()
    assert at.query_params["face"] in (ids[second], [ids[second]])
    at.button(key="detail-close").click().run()
    assert "face" not in at.query_params and not [button for button in at.button if button.key == "detail-close"]
