"""Two visitors at once: neither sees the photo, the squares or the readings of the other."""

import re
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")

from tests.browser.conftest import PATIENCE


def upload(page: Any, rgb: np.ndarray) -> None:
    content = cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": content}
    )


def test_two_visitors_share_nothing(
    browser: Any, server: Callable, visit: Callable, drawn: Callable, gray_world: Any
) -> None:
    address = server(gray_world) + "/photo"
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1000}) for _ in range(2)]
    for context in contexts:
        context.set_default_timeout(PATIENCE)
    first, second = (context.new_page() for context in contexts)
    visit(first, address)
    upload(first, data.astronaut())
    first.get_by_text(re.compile("%, then ")).first.wait_for()
    visit(second, address)
    assert second.get_by_role("img", name=re.compile("^The photo")).count() == 0
    assert second.get_by_text(re.compile("%, then ")).count() == 0
    upload(second, np.full((300, 400, 3), 180, np.uint8))
    second.get_by_text("No face was found").wait_for()
    second.locator(".picture").focus()
    second.keyboard.press("Enter")
    second.get_by_text(re.compile("%, then ")).first.wait_for()
    first.get_by_role("button", name="Draw a square").click()
    first.locator(".picture .box").wait_for()
    drawn(first)
    assert first.locator(".picture .shape").count() == 0, "the other visitor's square"
    for context in contexts:
        context.close()
