"""Letters over an image."""

import numpy as np
import pytest

from ferkit.predict import lettering
from ferkit.predict.lettering import width, write

WHITE = (255, 255, 255)


def written(text: str, size: float = 14, x: int = 10, base: int = 30) -> np.ndarray:
    rgb = np.zeros((60, 400, 3), np.uint8)
    write(rgb, text, x, base, size, WHITE)
    return rgb


def test_letters_are_as_wide_as_is_said_and_stand_on_the_line() -> None:
    rows, columns = np.nonzero(written("Hill")[..., 0])
    assert columns.min() >= 10 and columns.max() == pytest.approx(10 + width("Hill", 14), abs=2)
    assert rows.max() == 29 and rows.min() == pytest.approx(30 - 0.73 * 14, abs=1.5)
    assert width("Hill", 28) == pytest.approx(2 * width("Hill", 14), abs=2)


@pytest.mark.parametrize("text", ["Überrascht", "στεναχώρια", "радость", "naïve"])
def test_accents_and_other_alphabets_are_written_as_they_are(text: str) -> None:
    assert not np.array_equal(written(text), written("?" * len(text)))


@pytest.mark.parametrize("text", ["喜び", "a\x1bb\n", "🙂"])
def test_what_the_font_lacks_is_a_question_mark(text: str) -> None:
    shown = "".join(letter if letter in "ab" else "?" for letter in text)
    assert np.array_equal(written(text), written(shown))


@pytest.mark.parametrize(("x", "base"), [(-20, 30), (390, 30), (10, 2), (10, 64), (500, 30), (10, 300), (-900, 30)])
def test_what_lies_outside_is_left_out(x: int, base: int) -> None:
    large = np.zeros((260, 1400, 3), np.uint8)
    write(large, "surprise", x + 500, base + 100, 14, WHITE)
    assert np.array_equal(written("surprise", x=x, base=base), large[100:160, 500:900])


def test_the_colour_is_mixed_with_what_is_under_it_and_a_text_is_drawn_once() -> None:
    rgb = np.full((40, 200, 3), (0, 100, 200), np.uint8)
    write(rgb, "MMM", 4, 30, 20, (200, 100, 0))
    assert (rgb[..., 1] == 100).all() and (rgb == (200, 100, 0)).all(-1).any()
    drawn = lettering._letters.cache_info().misses
    for _ in range(100):
        write(rgb, "MMM", 4, 30, 20, (200, 100, 0))
    assert lettering._letters.cache_info().misses == drawn
