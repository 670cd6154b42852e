"""Text is legible in light and dark: captions, cells of the matrix, chosen controls, notes under faces."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.timeout(300)  # seconds
LOW_CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["overview", "compare", "failures", "labels", "monitor"])
def test_text_stands_out(server, gray_world, page, visit, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    visit(page, f"{server(gray_world)}/{name}?data=tiny&run=alpha&base=beta")
    assert page.evaluate("document.body.innerText.length") > 100
    assert page.evaluate(LOW_CONTRAST) == []


def test_faint_text_is_found(page) -> None:
    page.set_content(
        "<p style='color: #999; background: white'>faint</p><p style='color: #333; background: white'>dark</p>"
    )
    assert page.evaluate(LOW_CONTRAST) == ["faint: 2.85"]


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_track_of_a_slider_goes_with_the_page(server, gray_world, page, visit, scheme: str, dark: bool) -> None:
    page.emulate_media(color_scheme=scheme)
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha&all=1&tile=44")
    picture = cv2.imdecode(np.frombuffer(page.locator(".size").screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    track, ground = picture[picture.shape[0] // 2, -12:-4], picture[2, -12:-4]
    assert (track < 128).all() == dark and np.abs(track.astype(int) - ground).min() > 15, "seen, and not glaring"
