"""The saved picture: what it shows, and that it says where it is from."""

import io

import numpy as np
from PIL import Image

from dashboard.components.explained import Cell, Row
from dashboard.explanations.picture import png
from dashboard.explanations.region_picture import draw
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.overlay import AGAINST, FOR, signed_paint

FACE = np.full((48, 48), 128, np.uint8)
ORIGIN = {"Runs": "alpha (compact-resnet, seed 0)", "Methods": "Contrast (steps 4, blur 2)", "Class": "fear \x1b"}


def test_provenance_is_in_the_text_chunks_and_under_the_picture() -> None:
    paint = signed_paint(np.ones((4, 4)), 1.0)
    row = Row(
        "Contrast", "For this run …", "full colour: 1", [Cell("fear", "90%", paint), Cell("sad", "1%", None, "No map")]
    )
    with_words = Image.open(io.BytesIO(png(FACE, [row], ORIGIN)))
    without = Image.open(io.BytesIO(png(FACE, [row], {})))
    assert with_words.text["Runs"] == ORIGIN["Runs"] and with_words.text["Methods"] == ORIGIN["Methods"]
    assert "\x1b" not in with_words.text["Class"] and with_words.text["Software"].startswith("ferkit ")
    assert with_words.height > without.height
    pixels = np.asarray(with_words).reshape(-1, 3)
    assert (np.abs(pixels.astype(int) - FOR).sum(1) < 12).sum() > 10_000, "a full map covers its cell"


def test_a_colour_face_and_long_names_fit() -> None:
    row = Row(
        "x" * 50, "word " * 90, "", [Cell("a very long name of a class", "100%", signed_paint(-np.ones((2, 2)), 2.0))]
    )
    picture = Image.open(io.BytesIO(png(np.full((20, 20, 3), 90, np.uint8), [row], {"Face": "y" * 30})))
    assert picture.width < 800


def test_paint_by_hand() -> None:
    paint = signed_paint(np.array([[2.0, -1.0], [0.0, np.nan]]), 2.0)
    assert paint[0, 0].tolist() == [*FOR, 255] and paint[0, 1].tolist() == [*AGAINST, 128]
    assert paint[1, 0, 3] == 0 and paint[1, 1, 3] == 0


def test_every_part_but_the_rest_is_tinted() -> None:
    masks = face_regions(FACE).masks
    drawn = draw(np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1)), masks, REGIONS, 96)
    tinted = (drawn.max(2).astype(int) - drawn.min(2)) > 6
    rest = np.kron(masks[-1], np.ones((2, 2), bool))
    assert tinted[~rest].mean() > 0.9 and tinted[rest].mean() < 0.1
