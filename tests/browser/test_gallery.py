"""The gallery and the detail of a face: by keyboard, on a phone, without images; nothing on the page moves."""

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.browser.waiting import becomes, painted_anew

pytestmark = pytest.mark.timeout(900)  # seconds: a busy machine is not a failure

OPEN = "/failures?data=tiny&run=alpha&base=beta&all=1"


def rows(page: Any) -> list[int]:
    return page.locator(".face").evaluate_all("faces => faces.map(face => Number(face.dataset.row))")


def total(page: Any) -> int:
    return int(page.locator(".gallery").get_attribute("data-count"))


def place(page: Any, what: str) -> dict[str, float]:
    return page.locator(what).first.bounding_box()


def position(page: Any) -> str:
    return page.locator(".st-key-detail-steps").inner_text().split(" of ")[0].split()[-1]


@pytest.fixture
def phone(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(120_000)
    yield context.new_page()
    context.close()


def test_only_the_faces_in_view_are_in_the_document(server, gray_world, page, visit) -> None:
    visit(page, server(gray_world) + OPEN + "&tile=160")
    page.locator(".face").first.wait_for()
    n = len(pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet"))
    assert total(page) == n and len(rows(page)) < n
    seen = set(rows(page))
    for _ in range(60):
        if len(seen) == n:
            break
        page.locator(".box").evaluate("box => (box.scrollTop += box.clientHeight)")
        painted_anew(page)
        seen |= set(rows(page))
    assert seen == set(range(n)), "scrolling shows every face"
    assert page.locator("canvas").first.evaluate(
        "one => one.getContext('2d').getImageData(0, 0, 9, 9).data.some(Boolean)"
    )


def test_faces_in_view_come_on_one_small_sheet_before_all_others(server, gray_world, page, visit) -> None:
    asked, late = [], []

    def hold(route: Any) -> None:
        asked.append(route.request.url)
        late.append(route) if "/of/" not in route.request.url else route.continue_()

    page.route(re.compile(r"/ferkit/\w+/(of/[\d-]+|\d+)$"), hold)
    visit(page, server(gray_world) + OPEN)
    page.locator('.gallery[data-waiting="0"]').wait_for()
    page.locator(".gallery[data-ahead]").wait_for()
    visible = page.locator(".face canvas").evaluate_all(
        "all => all.filter((one) => one.style.visibility === 'visible')"
    )
    assert len(visible) == len(rows(page)) > 0 and "/of/" in asked[0] and "/of/" not in "".join(asked[1:])
    becomes(page, lambda: bool(late))  # the other sheets are asked for once the page is calm
    for route in late:
        route.abort()


def test_sorting_grouping_and_size_are_kept_in_the_address(server, gray_world, page, visit, drawn) -> None:
    visit(page, server(gray_world) + OPEN)
    frame = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    page.get_by_label("Sort by").select_option("file")
    page.wait_for_url("**sort=file*")
    drawn(page)
    assert rows(page) == list(range(len(rows(page))))
    page.get_by_label("Order:").click()
    page.wait_for_url(lambda url: "ascending" not in url)
    assert rows(page)[0] == len(frame) - 1
    page.get_by_label("Group by").select_option("label")
    page.wait_for_url("**group=label*")
    assert frame["label"].iat[rows(page)[0]] == frame["label"].min()
    assert page.locator(".heading").first.inner_text().split()[1] == str((frame["label"] == frame["label"].min()).sum())
    size = page.get_by_label("Size of the faces")
    before = place(page, ".picture")["width"]
    size.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.wait_for_url("**tile=116*")
    assert place(page, ".picture")["width"] > before + 10
    drawn(page)
    there = rows(page)
    visit(page, page.url)
    page.locator(".face").first.wait_for()
    assert rows(page)[:4] == there[:4]


def test_keys_move_open_step_and_close(server, gray_world, page, visit, drawn) -> None:
    visit(page, server(gray_world) + OPEN)
    page.locator(".face").first.wait_for()
    order = rows(page)
    page.locator(".box").focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.locator(".face.cursor").get_attribute("data-row") == str(order[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**face=*")
    drawn(page)
    assert position(page) == "2" and page.locator(".face.chosen").get_attribute("data-row") == str(order[1])
    before = page.url
    page.keyboard.press("ArrowRight")  # in the gallery: the detail follows
    page.wait_for_url(lambda url: url != before)
    drawn(page)
    assert position(page) == "3"
    page.locator(".st-key-detail h4").click()  # anywhere else
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != before)
    drawn(page)
    assert position(page) == "4" and page.locator(".face.chosen").get_attribute("data-row") == str(order[3])
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "face=" not in url)
    drawn(page)
    assert page.locator(".st-key-detail").count() == 0
    page.locator(".box").focus()
    page.keyboard.press("End")
    page.locator(f'.face.cursor[aria-posinset="{total(page)}"]').wait_for()


def test_an_open_face_stays_where_it_is_and_so_does_the_page(server, gray_world, page, visit, drawn) -> None:
    visit(page, server(gray_world) + OPEN)
    page.locator(".face").first.wait_for()
    page.locator(".box").evaluate("box => (box.scrollTop = 300)")
    painted_anew(page)
    matrix, box = place(page, "td[data-cell]"), place(page, ".box")
    middle = page.locator(".face").nth(len(rows(page)) // 2)
    row, top = middle.get_attribute("data-row"), middle.bounding_box()["y"]
    middle.click()
    page.wait_for_url("**face=*")
    drawn(page)
    assert place(page, "td[data-cell]") == matrix and place(page, ".box")["y"] == box["y"]
    chosen = page.locator(".face.chosen")
    assert chosen.get_attribute("data-row") == row and chosen.bounding_box()["y"] == pytest.approx(top, abs=2)
    panel, shown = place(page, ".st-key-detail"), chosen.bounding_box()
    assert shown["x"] + shown["width"] <= panel["x"], "the panel does not cover it"
    assert panel["x"] + panel["width"] == pytest.approx(1440, abs=1) and panel["y"] == 0
    page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTo(0, 2000)")
    painted_anew(page)
    assert place(page, ".st-key-detail")["y"] == 0, "in view wherever the page is scrolled"


def test_the_heat_map_comes_by_itself_and_another_filter_closes_the_panel(
    server, gray_world, page, visit, drawn
) -> None:
    visit(page, server(gray_world) + OPEN)
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    heat = page.locator(".face-heat img")
    page.wait_for_function("document.querySelector('.face-heat img').naturalWidth === 240")
    assert heat.bounding_box()["width"] == pytest.approx(place(page, ".st-key-detail-images img")["width"], abs=2)
    page.locator("td[data-cell]").nth(1).click()
    page.wait_for_url(lambda url: "true=" in url and "face=" not in url)
    drawn(page)
    assert page.locator(".st-key-detail").count() == 0


def test_the_tags_of_an_open_face_have_the_width_of_the_panel(server, gray_world, page, visit, drawn) -> None:
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha&tags=second guess right")
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    image, tag = (
        place(page, f".st-key-detail {part}")
        for part in (".st-key-detail-images img", "p:has(.stMarkdownBadge) >> nth=1")
    )
    assert tag["x"] == pytest.approx(image["x"], abs=1) and tag["width"] > 1.5 * image["width"]
    assert tag["y"] >= image["y"] + image["height"]


def test_the_first_click_on_a_cell_moves_nothing(server, gray_world, page, visit, drawn) -> None:
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha")
    before = [place(page, what) for what in ("td[data-cell]", ".box")]
    page.locator("td[data-cell]").nth(1).click()
    page.wait_for_url("**true=*")
    drawn(page)
    assert place(page, "td[data-cell]") == before[0]
    if page.locator(".box").count():
        assert place(page, ".box")["y"] == before[1]["y"]


def test_on_a_phone_a_tap_brings_the_answer_into_view(server, gray_world, phone, visit, drawn) -> None:
    visit(phone, f"{server(gray_world)}/failures?data=tiny&run=alpha&all=1")
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    names = [name.removeprefix("logit ") for name in stored if name.startswith("logit ")]
    name = names[int(stored["label"].mode()[0])]
    phone.locator(f'th[data-cell="{name}|"]').tap()
    phone.wait_for_url("**true=*")
    drawn(phone)
    becomes(phone, lambda: 0 <= place(phone, ".face")["y"] < 844 - 100)  # it scrolls smoothly
    phone.locator(".face").nth(2).tap()
    phone.wait_for_url("**face=*")
    drawn(phone)
    panel = place(phone, ".st-key-detail")
    assert panel["y"] >= 844 * 0.25 and panel["y"] + panel["height"] == pytest.approx(844, abs=1)
    becomes(phone, lambda: 0 <= place(phone, ".face.chosen")["y"] < panel["y"] - 60)  # seen above the drawer
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="Close").tap()
    phone.wait_for_url(lambda url: "face=" not in url)
    drawn(phone)
    assert phone.locator(".st-key-detail").count() == 0


def test_on_a_phone_a_face_low_in_the_window_is_seen_above_the_drawer(server, gray_world, phone, visit, drawn) -> None:
    visit(phone, f"{server(gray_world)}/failures?data=tiny&run=alpha&all=1")
    phone.locator(".face").first.wait_for()
    phone.locator('[data-testid="stMain"]').evaluate(
        "(main, by) => main.scrollBy({ top: by, behavior: 'instant' })", place(phone, ".face")["y"] - 700
    )
    becomes(phone, lambda: place(phone, ".face")["y"] == pytest.approx(700, abs=2))
    phone.locator(".face").first.tap()
    phone.wait_for_url("**face=*")
    drawn(phone)
    top = place(phone, ".st-key-detail")["y"]
    becomes(phone, lambda: 0 <= place(phone, ".face.chosen")["y"] < top - 60)


@pytest.mark.parametrize(
    ("where", "width", "columns"),
    [("failures", 1280, 2), ("failures", 1440, 3), ("embeddings", 1280, 1), ("embeddings", 1440, 2)],
)
def test_beside_the_panel_of_an_open_face_the_gallery_has_columns_and_no_sentence_is_covered(
    server, gray_world, page, visit, drawn, where: str, width: int, columns: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, f"{server(gray_world)}/{where}?data=tiny&run=alpha&all=1")
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    edge = place(page, ".st-key-detail")["x"]
    shown = [face.bounding_box() for face in page.locator(".gallery .face").all()]
    assert len({face["x"] for face in shown}) == columns
    assert max(face["x"] + face["width"] for face in shown) <= edge
    sentences = page.locator('[data-testid="stMain"] .stMarkdown p').all()
    beside = [one.bounding_box() for one in sentences if not one.evaluate(IN_PANEL)]
    assert len(beside) >= 2 and max(box["x"] + box["width"] for box in beside) <= edge
    steps, close = place(page, ".st-key-detail-steps p"), place(page, ".st-key-detail-close")
    assert steps["height"] < 30 and steps["x"] + steps["width"] < close["x"]


IN_PANEL = "one => !!one.closest('.st-key-detail')"
NATURAL = """all => all.map((select) => {
  const shown = select.getBoundingClientRect().width;
  select.style.cssText = "flex: none; min-width: max-content; max-width: none";
  return [shown, select.getBoundingClientRect().width];
})"""


@pytest.mark.parametrize("width", [390, 900])
def test_in_a_narrow_window_what_is_chosen_is_legible(server, gray_world, page, visit, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha&all=1")
    bar = place(page, ".bar")
    for control in (".choice", ".direction", ".size"):
        box = place(page, f".bar {control}")
        assert box["x"] >= bar["x"] and box["x"] + box["width"] <= bar["x"] + bar["width"] + 1
    widths = page.locator(".bar .choice").evaluate_all(NATURAL)
    assert len(widths) == 2 and all(shown >= natural - 0.5 for shown, natural in widths)


def test_without_images_names_and_initials_stand_in(server, imageless_world, page, visit, drawn) -> None:
    visit(page, f"{server(imageless_world)}/failures?data=tiny&run=alpha")
    page.locator(".face.missing").first.wait_for()
    stored = pd.read_parquet(imageless_world.checkpoints / "alpha" / "val.parquet")
    assert page.locator(".file").first.inner_text() == str(stored["id"].iat[rows(page)[0]]).rsplit("/", 1)[-1]
    assert len(page.locator(".initials").first.inner_text()) == 2
    assert "data import" in page.locator('[data-testid="stMain"]').inner_text()
    page.get_by_role("radio", name="right").click()
    drawn(page)
    pred = stored.filter(like="logit").to_numpy().argmax(1)
    shown = rows(page)
    assert shown and (pred == stored["label"].to_numpy())[shown].all(), "no face of before is left"


def test_three_colour_classes_are_shown_in_colour(server, colour_world, page, visit, drawn) -> None:
    visit(page, f"{server(colour_world)}/failures?data=colour&run=rgb&all=1")
    page.locator(".face").first.wait_for()
    page.locator('.gallery[data-waiting="0"]').wait_for()
    pixels = page.locator("canvas").first.evaluate(
        "one => [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data]"
    )
    rgb = np.reshape(pixels, (-1, 4))[:, :3]
    assert (rgb.max(1) - rgb.min(1)).max() > 20
    page.locator(".face").first.click()
    page.wait_for_url("**face=*")
    drawn(page)
    assert page.locator(".face-bars tr").count() == 4
