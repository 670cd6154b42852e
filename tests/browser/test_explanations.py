"""The Explanations page under the mouse: a tile, the slider from face to map, the saved picture."""

import io
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from PIL import Image

from ferkit.runs import open_run
from tests.explained import store_explanation
from tests.worlds import World

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def explained_world(gray_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """With a record of `alpha`."""
    world, patch = gray_world.copy(tmp_path_factory.mktemp("explained") / "world"), pytest.MonkeyPatch()
    world.enter(patch)
    try:
        store_explanation(open_run("alpha"))
    finally:
        patch.undo()
    return world


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def test_a_tile_narrows_the_selection_and_keeps_its_mark(server, explained_world, page, visit, drawn) -> None:
    visit(page, f"{server(explained_world)}/explanations?data=tiny&run=alpha")
    means = page.locator(".st-key-explanations-means .face")
    tile = means.filter(has_text="happy")
    tile.click()
    page.wait_for_url("**pred=happy*")
    drawn(page)
    assert "chosen" in tile.get_attribute("class")
    page.get_by_role("radio", name="wrong").click()
    page.wait_for_url("**outcome=wrong*")
    drawn(page)
    assert query(page)["pred"] == ["happy"] and "chosen" in tile.get_attribute("class")
    tile.click()
    page.wait_for_url(lambda url: "pred=" not in url)
    drawn(page)
    assert means.count() == 7 and page.locator(".st-key-explanations-means .chosen").count() == 0


def test_a_chosen_face_is_explained_faded_and_saved(
    server, explained_world, page, visit, drawn, tmp_path: Path
) -> None:
    visit(page, f"{server(explained_world)}/explanations?data=tiny&run=alpha")
    assert page.locator(".explained").count() == 0
    page.locator(".st-key-explanations-faces .face").nth(2).click()
    page.wait_for_url("**explained=*")
    drawn(page)
    shown = page.locator(".explained")
    assert shown.locator(".row").count() == 2 and shown.locator("figure").count() == 14
    slider, face = shown.locator("input"), shown.locator("img.face").first
    paint = shown.locator("img.paint").first
    opacity = "image => Number(getComputedStyle(image).opacity)"
    assert (face.evaluate(opacity), paint.evaluate(opacity)) == (1, 1)
    for value, expected in (("0", (1, 0)), ("100", (0, 1)), ("30", (1, 0.5))):
        slider.fill(value)
        assert (face.evaluate(opacity), paint.evaluate(opacity)) == pytest.approx(expected)
    with page.expect_download() as made:
        page.get_by_role("button", name="Save as PNG").click()
    made.value.save_as(tmp_path / "face.png")
    picture = Image.open(io.BytesIO((tmp_path / "face.png").read_bytes()))
    assert "alpha" in picture.text["Runs"] and "Grad-CAM" in picture.text["Methods"]
