"""From a number to its faces on Compare and Confidence, as a person gets there: a cell, a bin, a threshold."""

import csv
import io
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse
from xml.etree import ElementTree

import cv2
import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.evaluate.curves import coverage
from ferkit.evaluate.reliability import reliability
from ferkit.runs import open_run
from tests.browser.waiting import becomes

pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure
PAIR = "data=tiny&split=val&run=alpha&base=beta"


@pytest.fixture
def tables(gray_world, monkeypatch) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Calibrated probabilities and labels of both runs, straight from their folders."""
    gray_world.enter(monkeypatch)
    found = {}
    for name in ("alpha", "beta"):
        stored = pd.read_parquet(gray_world.checkpoints / name / "val.parquet")
        logits = stored.filter(like="logit ").to_numpy(np.float32)
        found[name] = metrics.softmax(logits, open_run(name).temperature), stored["label"].to_numpy()
    return found


def query(page: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def holds(page: Any, n: int) -> bool:
    """Whether the gallery says that it holds that many faces, and stands in the window."""
    gallery = page.locator(".gallery")
    top = gallery.bounding_box()["y"]
    return int(gallery.get_attribute("data-count")) == n and 0 <= top < page.viewport_size["height"]


def largest(matrix: np.ndarray) -> tuple[int, int]:
    wrong = matrix * ~np.eye(len(matrix), dtype=bool)
    i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return int(i), int(j)


def test_a_cell_of_a_matrix_shows_its_faces_beside_it(server, gray_world, page, visit, drawn, tables) -> None:
    p, true = tables["beta"]
    i, j = largest(metrics.confusion(true, p.argmax(1), p.shape[1]))
    classes = open_run("beta").classes
    visit(page, f"{server(gray_world)}/compare?{PAIR}")
    assert page.locator("h3").first.inner_text().endswith(".")
    cell = page.locator(".st-key-matrix-beta td[data-cell]").nth(i * len(classes) + j)
    cell.click()
    page.wait_for_url("**whose=beta*")
    drawn(page)
    assert query(page).items() >= {"true": classes[i], "pred": classes[j], "changed": "all"}.items()
    n = int(((true == i) & (p.argmax(1) == j)).sum())
    assert holds(page, n) and page.get_by_text(f"beta predicts {classes[j]}").count() == 1
    assert "chosen" in cell.get_attribute("class")
    assert page.locator(".st-key-matrix-alpha td.chosen").count() == 0
    cell.focus()
    page.keyboard.press("Enter")  # again: let go of it
    page.wait_for_url(lambda url: "whose" not in url)
    drawn(page)
    assert holds(page, len(true)) and "true" not in query(page)


def test_arrow_keys_move_over_the_matrix_of_the_difference(server, gray_world, page, visit, drawn, tables) -> None:
    classes = open_run("alpha").classes
    visit(page, f"{server(gray_world)}/compare?{PAIR}&matrices=difference&norm=count")
    (a, true), (b, _) = tables["alpha"], tables["beta"]
    matrix = metrics.confusion(true, a.argmax(1), len(classes)) - metrics.confusion(true, b.argmax(1), len(classes))
    sign = lambda n: f"{n:+d}".replace("-", "−") if n else "0"  # noqa: E731
    assert page.locator("td[data-cell] b").all_inner_texts() == [sign(n) for n in matrix.ravel().tolist()]
    page.locator("td[data-cell]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**pred={classes[1]}*")
    drawn(page)
    assert query(page).items() >= {"true": classes[1], "pred": classes[1], "changed": "disagree"}.items()
    one = (a.argmax(1) == 1) != (b.argmax(1) == 1)
    n = int((one & (true == 1)).sum())
    assert holds(page, n) if n else page.get_by_text("No face fits this selection").count() == 1


HIDDEN = "frames => frames.map(frame => frame.scrollWidth - frame.clientWidth)"


@pytest.mark.parametrize("width", [1120, 1240, 1366])
def test_every_cell_is_in_view_in_a_window_of_a_laptop(server, gray_world, page, visit, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, f"{server(gray_world)}/compare?{PAIR}")
    assert page.locator(".st-key-matrices .scroll").evaluate_all(HIDDEN) == [0, 0]


def test_every_cell_is_in_view_in_a_window_of_900_pixels(server, gray_world, page, visit, drawn) -> None:
    page.set_viewport_size({"width": 900, "height": 900})
    visit(page, f"{server(gray_world)}/compare?{PAIR}")
    assert page.locator(".st-key-matrices .scroll").evaluate_all(HIDDEN) == [0, 0]
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    boxes = [page.locator(f".st-key-detail {part}").bounding_box() for part in (".st-key-detail-images", ".face-bars")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] and boxes[1]["y"] < 900  # side by side, in view


def test_the_matrix_is_saved(server, gray_world, page, visit, tables) -> None:
    p, true = tables["alpha"]
    visit(page, f"{server(gray_world)}/compare?{PAIR}")
    name, content = saved(page, "csv")
    assert name == "confusion-matrix-of-alpha.csv"
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["row", "column", "faces", "share of the row"]
    matrix = metrics.confusion(true, p.argmax(1), p.shape[1])
    assert [int(row[2]) for row in rows[1:]] == matrix.ravel().tolist()
    texts = {node.text for node in ElementTree.fromstring(saved(page, "svg")[1]).iter() if node.text}
    assert {"Confusion matrix of alpha", *open_run("alpha").classes} <= texts
    picture = cv2.imdecode(np.frombuffer(saved(page, "png")[1], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None and min(picture.shape[:2]) > 400


def saved(page: Any, kind: str) -> tuple[str, bytes]:
    frame = page.locator(".st-key-matrix-alpha .frame")
    frame.hover()
    frame.get_by_role("button", name="Download").click()
    with page.expect_download() as made:
        frame.locator(f"[data-as={kind}]").click()
    return made.value.suggested_filename, Path(made.value.path()).read_bytes()


def test_a_bin_and_a_threshold_choose_their_faces(server, gray_world, page, visit, drawn, tables) -> None:
    p, true = tables["alpha"]
    sure, right = p.max(1), p.argmax(1) == true
    bins = reliability(sure, right)
    fullest = int(bins.n.argmax())
    low, high = (round(float(ends[fullest]), 6) for ends in (bins.lower, bins.upper))
    visit(page, f"{server(gray_world)}/confidence?data=tiny&split=val&run=alpha")
    bar = page.locator(f".st-key-reliability [data-select='[{low:g},{high:g}]']")
    bar.click(force=True)  # its interval lies over it
    page.wait_for_url("**confidence=*")
    drawn(page)
    assert query(page)["confidence"] == f"{low:.6g}-{high:.6g}" and holds(page, int(bins.n[fullest]))
    bar.click(force=True)
    page.wait_for_url(lambda url: "confidence=" not in url)
    drawn(page)
    page.locator(".st-key-coverage .movable").focus()
    for _ in range(50):
        page.keyboard.press("ArrowLeft", delay=0)
    page.wait_for_url("**confidence=*-1*")

    def threshold() -> float:
        return float(query(page)["confidence"].split("-")[0])

    def sentence() -> str:
        share, accuracy = coverage(sure, right).at(threshold())
        return f"{100 * share:.1f}% of the faces answered, {100 * accuracy:.1f}% of them right"

    readout = page.locator(".st-key-coverage .readout")
    becomes(page, lambda: readout.inner_text().startswith(sentence()))  # the page has followed the last key
    drawn(page)
    assert readout.inner_text().startswith(sentence())
    kept = int((sure >= threshold()).sum())
    assert 0 < kept < len(sure) and holds(page, kept)


def test_on_a_phone_a_tap_leads_to_the_faces(server, gray_world, browser, visit, drawn) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(120_000)
    page = context.new_page()
    visit(page, f"{server(gray_world)}/compare?{PAIR}")
    page.locator(".st-key-matrix-alpha td[data-cell]").first.tap()
    page.wait_for_url("**whose=alpha*")
    drawn(page)
    becomes(page, lambda: -100 < page.locator(".st-key-answer").bounding_box()["y"] < 500)  # it scrolls smoothly
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is wider than the window"
    context.close()
