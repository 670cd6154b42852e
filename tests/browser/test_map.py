"""The map under a real mouse and a real finger: lasso, click, zoom, hover, hidden classes, keys, a phone."""

from urllib.parse import parse_qs, urlparse

import numpy as np
import pandas as pd
import pytest

from dashboard.selection import Selection
from dashboard.view import in_polygon
from tests.browser.waiting import becomes

RUN = "alpha"
pytestmark = pytest.mark.timeout(900)  # seconds: a browser on a busy machine draws WebGL with its last strength


@pytest.fixture
def places(gray_world) -> pd.DataFrame:
    """id, umap_x, umap_y of each face, straight from the run folder."""
    return pd.read_parquet(gray_world.checkpoints / RUN / "val-map.parquet")


@pytest.fixture
def opened(server, gray_world, page, visit):
    """`opened("lasso=…")` shows the Embeddings page, and waits for the map."""

    def go(query: str = "", window=page):  # type: ignore[no-untyped-def]
        visit(window, f"{server(gray_world)}/embeddings?run={RUN}&{query}")
        window.locator(".map[data-zoom]").wait_for()
        return window

    return go


def fact(page, name: str) -> float:
    """A number that the map writes on itself: bright (faces neither hidden nor dimmed), faces (drawn), zoom."""
    return float(page.locator(".map").first.get_attribute(f"data-{name}"))


def spot(page, x: float, y: float) -> tuple[float, float]:
    """A place of the map, in shares of its width and height, as one of the window."""
    box = page.locator(".stage").first.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page, corners: list[tuple[float, float]]) -> None:
    page.mouse.move(*spot(page, *corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*spot(page, *corner), steps=6)
    page.mouse.up()


def on_screen(page, places: pd.DataFrame, row: int) -> tuple[float, float]:
    """Where a face is while all of the map is shown: it fills 93% of the stage, in the middle."""
    xy = places[["umap_x", "umap_y"]].to_numpy()
    low, high = xy.min(0), xy.max(0)
    box = page.locator(".stage").first.bounding_box()
    scale = 0.93 * min(box["width"] / (high[0] - low[0]), box["height"] / (high[1] - low[1]))
    right, up = (xy[row] - (low + high) / 2) * scale
    return float(box["x"] + box["width"] / 2 + right), float(box["y"] + box["height"] / 2 - up)


def chosen(page) -> Selection:
    return Selection.parse({key: value[0] for key, value in parse_qs(urlparse(page.url).query).items()})


HALF = [(0.05, 0.05), (0.6, 0.03), (0.62, 0.5), (0.6, 0.97), (0.05, 0.95), (0.05, 0.06)]


def test_a_lasso_holds_the_same_faces_in_the_browser_on_the_page_and_by_address(opened, page, drawn, places):
    opened()
    assert fact(page, "bright") == len(places)
    drag(page, HALF)
    page.wait_for_url("**lasso=*")
    drawn(page)
    keep = in_polygon(places[["umap_x", "umap_y"]].to_numpy(), np.array(chosen(page).lasso))
    assert 0 < keep.sum() < len(places)
    assert fact(page, "bright") == keep.sum()
    assert page.get_by_text(f"{keep.sum():,} faces:").count() == 1

    page.get_by_label("Colour by").select_option("outcome")  # another colour dims the same faces
    page.wait_for_url("**colour=outcome*")
    drawn(page)
    assert fact(page, "bright") == keep.sum()

    address = page.url
    page.get_by_role("button", name="lasso on the UMAP map").click()
    page.wait_for_url(lambda url: "lasso=" not in url)
    drawn(page)
    assert fact(page, "bright") == len(places)

    opened(urlparse(address).query)  # a new session, as a colleague's
    assert fact(page, "bright") == keep.sum()
    assert page.get_by_label("Colour by").input_value() == "outcome"


def test_a_face_is_seen_under_the_mouse_and_opened_by_a_click(opened, page, drawn, places):
    opened()
    row = int(places["umap_x"].idxmin())  # at the edge, so that none lies over it
    page.mouse.move(*on_screen(page, places, row))
    tip = page.locator(".stage .tip")
    tip.wait_for()
    assert "confident" in tip.inner_text() and tip.locator("canvas").is_visible()
    page.mouse.click(*on_screen(page, places, row))
    page.wait_for_url("**face=*")
    drawn(page)
    assert chosen(page).face == places["id"].iat[row]


def test_zooming_in_shows_faces_and_a_double_click_shows_all_again(opened, page):
    opened()
    assert fact(page, "faces") == 0
    page.mouse.move(*spot(page, 0.5, 0.5))
    for _ in range(4):
        page.mouse.wheel(0, -200)
    becomes(page, lambda: fact(page, "zoom") > 1.5)
    page.get_by_label("Faces", exact=True).select_option("always")
    page.get_by_role("button", name="Show all").click()
    becomes(page, lambda: fact(page, "zoom") == 1 and fact(page, "faces") > 0)
    page.get_by_role("button", name="Zoom in").click()
    becomes(page, lambda: fact(page, "zoom") > 1)
    page.mouse.dblclick(*spot(page, 0.02, 0.02))
    becomes(page, lambda: fact(page, "zoom") == 1)


def test_a_class_is_hidden_in_the_legend_and_a_threshold_dims_without_asking(opened, page, places, drawn):
    opened()
    address = page.url
    page.locator(".chip", has_text="happy").click()
    becomes(page, lambda: fact(page, "bright") < len(places))
    page.locator(".chip", has_text="happy").click()
    page.mouse.move(0, 0)
    becomes(page, lambda: fact(page, "bright") == len(places))
    page.get_by_label("Threshold of confidence").fill("0.6")
    becomes(page, lambda: fact(page, "bright") < len(places))
    drawn(page)
    assert page.url == address and fact(page, "bright") < len(places)


def test_arrow_keys_move_and_plus_zooms(opened, page):
    opened()
    page.locator(".stage").focus()
    page.keyboard.press("+")
    becomes(page, lambda: fact(page, "zoom") == 1.4)
    before = page.locator(".stage").screenshot()
    page.keyboard.press("ArrowLeft")
    becomes(page, lambda: page.locator(".stage").screenshot() != before)
    assert fact(page, "zoom") == 1.4, "moved, not zoomed"
    page.keyboard.press("0")
    becomes(page, lambda: fact(page, "zoom") == 1)


def test_the_map_is_saved_as_picture_drawing_and_numbers(opened, page, places, tmp_path):
    opened()
    starts = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"row,label,prediction"}
    for kind, start in starts.items():
        with page.expect_download() as made:
            page.locator(".map").get_by_label("Download").select_option(kind)
        made.value.save_as(tmp_path / kind)
        assert made.value.suggested_filename == f"{RUN}-val-umap.{kind}"
        content = (tmp_path / kind).read_bytes()
        assert content.startswith(start)
        assert kind != "csv" or len(content.splitlines()) == len(places) + 1


def painted(page) -> float:
    """Share of the stage's pixels that the points cover, whichever way they are drawn."""
    return page.evaluate("""async () => {
      const canvas = document.querySelector(".map") ?? [...document.querySelectorAll("*")]
        .map((one) => one.shadowRoot?.querySelector(".map")).find(Boolean);
      const image = new Image();
      image.src = await new Promise((done) => requestAnimationFrame(() => {
        canvas.querySelector(".zoom button:last-child").click();
        requestAnimationFrame(() => done(canvas.querySelector("canvas.points").toDataURL()));
      }));
      await image.decode();
      const copy = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
      const context = copy.getContext("2d");
      context.drawImage(image, 0, 0);
      const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
      let count = 0;
      for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 0;
      return count / (copy.width * copy.height);
    }""")


def test_without_webgl_a_plain_canvas_shows_the_same_points(opened, page):
    opened()
    assert page.locator(".map").get_attribute("data-drawn") == "webgl2"
    share = painted(page)
    page.add_init_script("""
      const before = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind === "webgl2" ? null : before.call(this, kind, ...rest);
      };""")
    opened()
    assert page.locator(".map").get_attribute("data-drawn") == "2d"
    assert 0.5 < painted(page) / share < 2


def test_points_come_back_after_the_browser_took_webgl_away(opened, page):
    opened()
    share = painted(page)
    points = page.locator("canvas.points")
    points.evaluate("canvas => (canvas.taken = true)")
    points.evaluate("canvas => canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()")
    becomes(page, lambda: not points.evaluate("canvas => canvas.taken"))  # another one stands in its place
    becomes(page, lambda: painted(page) == pytest.approx(share, rel=0.01))


def test_own_columns_colour_the_map_and_stay_in_the_address(opened, page, drawn):
    opened()
    colours = page.get_by_label("Colour by")
    colours.locator("optgroup").nth(2).wait_for(state="attached")
    assert [group.get_attribute("label") for group in colours.locator("optgroup").all()] == [
        "Predictions", "Properties", "Tags",
    ]  # fmt: skip
    tag = colours.locator("optgroup").nth(2).locator("option").first.get_attribute("value")
    colours.select_option(tag)
    page.wait_for_url("**colour=*")
    drawn(page)
    assert page.locator(".chip").all_inner_texts()[0].startswith("no")
    opened(urlparse(page.url).query)
    page.locator(".chip", has_text="yes").wait_for()


def test_on_a_phone_a_finger_scrolls_until_a_tool_is_chosen(opened, browser, places):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    try:
        page = opened(window=context.new_page())
        stage = page.locator(".stage")
        assert stage.evaluate("stage => getComputedStyle(stage).touchAction") == "pan-y"
        assert page.locator('.tool[aria-pressed="true"]').count() == 0
        page.get_by_role("button", name="Draw a lasso").tap()
        assert stage.evaluate("stage => getComputedStyle(stage).touchAction") == "none"
        page.get_by_role("button", name="Draw a lasso").tap()
        stage.scroll_into_view_if_needed()
        page.touchscreen.tap(*on_screen(page, places, int(places["umap_x"].idxmin())))
        page.wait_for_url("**face=*")
        assert chosen(page).face == places["id"].iat[int(places["umap_x"].idxmin())]
        assert not chosen(page).lasso
    finally:
        context.close()
