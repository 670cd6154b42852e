"""Labels with the mouse: a bar of the chart leads to its faces, a face is marked in its panel."""

import shutil
from pathlib import Path

import pandas as pd
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


def test_notes_from_two_tabs_are_both_kept_and_exported(server, world, window, page, visit, drawn) -> None:
    names = [f"&face={face}" for face in pd.read_parquet(world.checkpoints / "alpha" / "val.parquet")["id"][:2]]
    tabs = [page, window("somebody else")]
    for tab, name in zip(tabs, names, strict=True):
        visit(tab, f"{server(world)}/failures?data=tiny&run=alpha&split=val&all=1{name}")
    for tab, mark in zip(tabs, ("ambiguous", "bad crop"), strict=True):
        tab.locator(".st-key-detail").get_by_text(mark, exact=True).click()
    for tab in tabs:
        tab.get_by_text("Kept 20").wait_for()
    assert sorted(note.mark for note in notes.read("tiny").values()) == ["ambiguous", "bad crop"]
    tabs[1].close()
    visit(page, f"{server(world)}/labels?data=tiny&run=alpha&split=val&look=Notes")
    with page.expect_download() as made:
        page.get_by_role("button", name="Download as CSV").click()
    lines = Path(made.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 and {line.split(",")[1] for line in lines[1:]} == {"ambiguous", "bad crop"}
