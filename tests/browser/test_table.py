"""A table as a visitor uses it: sorted by a head, a row pressed, saved as CSV, read on a phone."""

import csv
import io
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)  # seconds


def runs(page) -> list[str]:
    return page.locator("tr[data-row] th").all_inner_texts()


def test_the_leaderboard_is_sorted_pressed_and_saved(server, gray_world, page, visit, drawn) -> None:
    visit(page, f"{server(gray_world)}/overview?data=tiny&run=alpha&base=beta")
    assert page.locator("tr.chosen th").inner_text() == "alpha"
    page.get_by_role("button", name="Run", exact=True).click()
    assert runs(page) == sorted(runs(page))
    page.get_by_role("button", name="Run ↑").click()
    assert runs(page) == sorted(runs(page), reverse=True)
    page.locator("tr[data-row]", has_text="beta").click()
    page.wait_for_url("**run=beta*")
    drawn(page)
    assert page.locator("tr.chosen th").inner_text() == "beta" and page.get_by_text("beta", exact=True).count()
    page.locator("tr.chosen").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**run=alpha*")
    drawn(page)
    with page.expect_download() as made:
        page.get_by_role("button", name="Download CSV").click()
    content = Path(made.value.path()).read_bytes().decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(content)))
    assert made.value.suggested_filename == "all-runs-on-val-of-tiny.csv"
    assert {row["Run"] for row in table} == {"alpha", "beta"}
    assert all(0 < float(row["Accuracy"]) <= 1 for row in table)


def test_on_a_phone_names_stay_beside_the_numbers(server, gray_world, page, visit) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{server(gray_world)}/overview?data=tiny&run=alpha")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    scroll = page.locator(".scroll")
    scroll.evaluate("node => node.scrollLeft = 400")
    name, frame = page.locator("tr.chosen th").bounding_box(), scroll.bounding_box()
    assert abs(name["x"] - frame["x"]) <= 2 and name["width"] < 0.5 * frame["width"]


BROKEN = """all => all.flatMap((cell) => [...cell.childNodes].filter((node) => node.nodeType === 3).flatMap((node) =>
  [...node.data.matchAll(/\\p{L}+/gu)].filter((word) => {
    const range = document.createRange();
    range.setStart(node, word.index), range.setEnd(node, word.index + word[0].length);
    return range.getClientRects().length > 1;
  }).map((word) => word[0])))"""


def test_on_a_phone_no_setting_breaks_within_a_word(server, gray_world, page, visit) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    visit(page, f"{server(gray_world)}/training?data=tiny&run=alpha&base=beta&differences=0")
    names = page.get_by_role("table", name="Settings").locator("th[scope=row]")
    assert "augment.low_resolution" in names.all_text_contents()
    assert max(names.evaluate_all("all => all.map((cell) => cell.getBoundingClientRect().height)")) > 40, (
        "some have two lines"
    )
    assert page.locator("tbody tr > *").evaluate_all(BROKEN) == []
