"""A square over a face that was not found: drawn, moved, resized and removed by mouse, keyboard and finger."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")

from tests.browser.conftest import PATIENCE

HEIGHT, WIDTH = 300, 400
SHAPE = ".picture .shape"


@pytest.fixture(scope="module")
def upside_down() -> bytes:
    """A face that stands on its head, which no detector finds, at (100, 80) and 150 pixels wide."""
    scene = np.full((HEIGHT, WIDTH, 3), (170, 150, 120), np.uint8)
    face = cv2.cvtColor(data.astronaut()[30:260, 110:340], cv2.COLOR_RGB2BGR)
    scene[80:230, 100:250] = cv2.resize(face[::-1], (150, 150), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".png", scene)[1].tobytes()


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(server: Callable, visit: Callable, gray_world: Any, upside_down: bytes) -> Callable[[Any], None]:
    def go(page: Any) -> None:
        visit(page, server(gray_world) + "/photo")
        page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": upside_down}
        )
        page.locator(".picture img").wait_for()
        page.get_by_text("No face was found").wait_for()
        page.locator(".picture").scroll_into_view_if_needed()

    return go


def on_screen(page: Any, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the photo is in the window."""
    box = page.locator(".picture").bounding_box()
    return box["x"] + x / WIDTH * box["width"], box["y"] + y / HEIGHT * box["height"]


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.locator(".picture").scroll_into_view_if_needed()
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=5)
    page.mouse.up()


def places(page: Any) -> list[list[int]]:
    """x, y and side of each square, in pixels of the photo, once the answer to the last one is there."""
    page.wait_for_function("""() => {
      const roots = [...document.querySelectorAll('[data-testid="stBidiComponentRegular"], *')];
      const status = roots.map((e) => e.shadowRoot?.querySelector(".status")).find(Boolean);
      return status && status.textContent !== "Reading …";
    }""")
    return page.locator(SHAPE).evaluate_all(
        f"""shapes => shapes.map(({{style}}) => [
          parseFloat(style.left) * {WIDTH} / 100, parseFloat(style.top) * {HEIGHT} / 100,
          parseFloat(style.width) * {WIDTH} / 100].map(Math.round))"""
    )


def near(found: list[int], expected: list[int]) -> bool:
    return bool(np.abs(np.subtract(found, expected)).max() <= 3)


def test_a_square_is_drawn_moved_resized_and_removed_by_mouse(page: Any, opened: Callable, drawn: Callable) -> None:
    opened(page)
    drag(page, (110, 90), (210, 190))
    page.get_by_text(re.compile("%, then ")).first.wait_for()
    drawn(page)
    assert [near(place, [110, 90, 100]) for place in places(page)] == [True]
    drag(page, (150, 150), (170, 140))
    drawn(page)
    assert [near(place, [130, 80, 100]) for place in places(page)] == [True]
    drag(page, (230, 180), (250, 200))
    drawn(page)
    assert [near(place, [130, 80, 120]) for place in places(page)] == [True]
    drag(page, (20, 20), (90, 70))
    page.get_by_text("2 faces").first.wait_for()
    page.get_by_role("button", name="Remove square 1").click()
    page.get_by_text(re.compile("%, then ")).first.wait_for()
    drawn(page)
    assert [near(place, [20, 20, 70]) for place in places(page)] == [True]
    page.get_by_role("button", name="Done").click()
    page.get_by_role("img", name=re.compile("^The photo, faces boxed: (?!none)")).wait_for()
    page.get_by_role("button", name="Change the squares").click()
    page.get_by_role("button", name="Remove square 1").click()
    page.get_by_text("No face was found").wait_for()


def test_a_square_follows_the_keyboard(page: Any, opened: Callable, drawn: Callable) -> None:
    opened(page)
    page.locator(".picture").focus()
    page.keyboard.press("Enter")
    page.get_by_text(re.compile("%, then ")).first.wait_for()
    drawn(page)
    assert places(page) == [[150, 100, 100]]
    page.locator(SHAPE).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowLeft", "+", "+", "-"):
        page.keyboard.press(key)
    page.wait_for_timeout(600)
    drawn(page)
    assert [near(place, [128, 108, 105]) for place in places(page)] == [True]
    page.locator(SHAPE).focus()
    page.keyboard.press("Delete")
    page.get_by_text("No face was found").wait_for()


def test_a_finger_taps_a_square_onto_a_face_and_removes_it(phone: Any, opened: Callable, drawn: Callable) -> None:
    opened(phone)
    phone.touchscreen.tap(*on_screen(phone, 175, 155))
    phone.get_by_text(re.compile("%, then ")).first.wait_for()
    drawn(phone)
    assert [near(place, [125, 105, 100]) for place in places(phone)] == [True]
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="Remove square 1").tap()
    phone.get_by_text("No face was found").wait_for()
