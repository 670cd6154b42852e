"""Labels with the mouse: a bar of the chart leads to its faces, a face is marked in its panel."""

import shutil
from pathlib import Path

import pytest

from ferkit.data import notes
from tests.worlds import World

pytestmark = pytest.mark.timeout(600)  # seconds


@pytest.fixture
def world(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy to write notes into."""
    world = World(tmp_path / "labels")
    shutil.copytree(gray_world.data, world.data, dirs_exist_ok=True)
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    world.enter(monkeypatch)
    return world


def test_a_bar_leads_to_its_faces_and_a_face_is_marked(server, world, page, visit, drawn) -> None:
    visit(page, f"{server(world)}/labels?data=tiny&run=alpha&split=val")
    bar = page.locator("""[data-select='["all classes","only the model errs"]']""")
    total = int(bar.get_attribute("aria-label").split("\n")[1].split(" ")[0])
    bar.click(force=True)  # its number lies above it
    page.wait_for_url("**tags=only*")
    drawn(page)
    gallery = page.locator(".gallery")
    count = int(gallery.get_attribute("data-count"))
    assert count > 0 and count == total
    assert page.get_by_text(f"{count} faces" if count > 1 else "1 face", exact=False).first.is_visible()
    top = gallery.bounding_box()["y"]
    assert top < 600  # beside the chart, in the window
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    page.locator(".st-key-detail").get_by_text("ambiguous", exact=True).click()
    page.get_by_text("Kept 20").wait_for()
    (note,) = notes.read("tiny").values()
    assert note.mark == "ambiguous"
    page.reload()
    drawn(page)
    assert "face=" in page.url and page.get_by_text("Kept 20").count() == 1
