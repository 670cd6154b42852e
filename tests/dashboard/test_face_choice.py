"""The face that Filters shows to a network: of a photo, as everywhere."""

from collections.abc import Callable

import numpy as np
from skimage import data

from tests.pages.components import press
from tests.test_images import encoded


def text(at) -> str:
    assert not at.exception
    return " ".join(element.value for kind in (at.markdown, at.caption, at.warning, at.error) for element in kind)


def test_a_photo_is_read_as_on_every_page(app: Callable, gray_world) -> None:
    at = app(gray_world, "filters", section="maps")
    assert not at.get("file_uploader"), "it comes at the button"
    press(at, "photo")
    at.file_uploader(key="choice-photo").upload("astronaut.png", encoded(data.astronaut()))
    at.run()
    assert "Input: the largest face of your photo, 48 × 48 pixels" in text(at)
    at.file_uploader(key="choice-photo").upload("wall.png", encoded(np.full((90, 160, 3), 200, np.uint8)))
    at.run()
    assert "No face was found" in text(at) and "Input: a face of tiny" in text(at)
    at.button(key="choice-take-whole").click().run()
    assert "Input: your whole photo" in text(at)
    press(at, "photo")
    assert "Input: a face of tiny" in text(at) and not at.get("file_uploader")
