"""The table and the sheets that the browser gets: read back as the browser does, they hold the View."""

import base64
import json
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest

from dashboard import assets
from dashboard.faces import columns
from dashboard.scored import table
from dashboard.state import Selection
from dashboard.view import View
from ferkit.data import store
from ferkit.runs import open_run
from tests.worlds import World


def opened(world: World, monkeypatch: pytest.MonkeyPatch, name: str, data: str, base: str = "") -> View:
    world.enter(monkeypatch)
    run = open_run(name)
    selection = Selection(data=data, split="val", run=name, base=base)
    return View(run, run.results(), "val", table(run.results(), "val"), selection)


def unpacked(packed: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    (length,) = struct.unpack_from("<I", packed)
    about = json.loads(packed[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    return about, {
        name: np.frombuffer(packed, column["type"], about["n"], start + column["offset"])
        for name, column in about["columns"].items()
    }


def test_the_table_holds_the_view(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(gray_world, monkeypatch, "alpha", "tiny", base="beta")
    about, read = unpacked(columns.pack(columns.columns(shown), shown.classes))
    assert about["n"] == len(shown.frame) and about["classes"] == list(shown.classes)
    assert all(column["offset"] % 8 == 0 for column in about["columns"].values())
    for name in ("label", "pred", "leaked"):
        assert read[name].tolist() == shown.frame[name].astype(int).tolist()
    for name in ("confidence", "loss", "margin"):
        np.testing.assert_allclose(read[name], shown.frame[name], rtol=1e-6)
    assert {"umap_x", "umap_y", "pca_x", "pca_y"} <= set(read)
    features = shown.results.features("val").astype(float)
    for row in (0, 9):
        mean = features[shown.frame["label"] == shown.frame["label"].iat[row]].mean(0)
        cosine = features[row] @ mean / np.linalg.norm(features[row]) / np.linalg.norm(mean)
        assert read["distance"][row] == pytest.approx(1 - cosine, abs=1e-4)
    other = opened(gray_world, monkeypatch, "beta", "tiny")
    assert shown.frame["id"].tolist() == other.frame["id"].tolist()
    variation = np.abs(shown.probabilities - other.probabilities).sum(1) / 2
    np.testing.assert_allclose(read["disagreement"], variation, rtol=1e-5)
    assert 0 < variation.max() <= 1


def test_the_address_is_of_the_files_and_the_baseline(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = opened(gray_world, monkeypatch, "alpha", "tiny", base="beta")
    narrowed = replace(shown, selection=replace(shown.selection, true="fear", face="x"))
    assert columns.table_url(narrowed) == columns.table_url(shown)
    assert columns.table_url(opened(gray_world, monkeypatch, "alpha", "tiny")) != columns.table_url(shown)


def test_sheets_hold_every_face_in_its_place(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    faces = store.load("tiny")
    about = columns.sprites(faces)
    assert about["side"] == 48 and len(faces) <= about["per"]
    name = about["url"].removeprefix(assets.PREFIX)
    assert assets._shelf.get(f"{name}0") == (columns.sheet(faces.images), "image/jpeg")
    assert assets._shelf.get(f"{name}1") is None
    sheet = cv2.imdecode(np.frombuffer(columns.sheet(faces.images), np.uint8), cv2.IMREAD_GRAYSCALE)
    for place in (0, 17, len(faces) - 1):
        top, left = place // about["across"] * 48, place % about["across"] * 48
        difference = sheet[top : top + 48, left : left + 48].astype(int) - faces.images[place]
        assert np.abs(difference).mean() < 4


def test_any_faces_are_on_one_sheet(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    faces = store.load("tiny")
    name = columns.sprites(faces)["url"].removeprefix(assets.PREFIX)
    content, _ = assets._shelf.get(f"{name}of/11-3-29")
    sheet = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert sheet.shape == (48, columns.ACROSS * 48)
    for i, place in enumerate((11, 3, 29)):
        assert np.abs(sheet[:, 48 * i : 48 * i + 48].astype(int) - faces.images[place]).mean() < 4
    many = "-".join(["1"] * (columns.PER + 1))
    for wrong in (
        "",
        "of/",
        "of/1-",
        f"of/{len(faces)}",
        "of/1-٣",
        "of/-1",
        f"of/{many}",
        "1-2",
        "of/1/2",
        "of/" + "9" * 40,
    ):
        assert assets._shelf.get(name + wrong) is None, wrong


def test_large_colour_faces_are_shrunk_and_keep_their_colours() -> None:
    red = np.zeros((3, 200, 200, 3), np.uint8)
    red[..., 0] = 220
    sheet = cv2.imdecode(np.frombuffer(columns.sheet(red), np.uint8), cv2.IMREAD_COLOR)
    assert sheet.shape == (96, 16 * 96, 3)
    assert sheet[40, 40, 2] > 200 and sheet[40, 40, 0] < 30, "OpenCV reads blue first"


def test_rows_become_bits() -> None:
    bits = np.unpackbits(
        np.frombuffer(base64.b64decode(columns.rows_bits(np.array([0, 9, 12]), 13)), np.uint8), bitorder="little"
    )
    assert np.flatnonzero(bits).tolist() == [0, 9, 12]
    assert base64.b64decode(columns.rows_bits(np.array([], int), 0)) == b""
