"""Text over an image, in DejaVu Sans, a font that matplotlib brings along."""

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import ImageFont

__all__ = ["width", "write"]

FILE = Path("mpl-data", "fonts", "ttf", "DejaVuSans.ttf")  # within matplotlib, which is not imported
MISSING = "\U0010ffff"  # no font has it
Colour = tuple[int, int, int]


def width(text: str, size: float) -> int:
    """Pixels from one end to the other, in letters of `size` pixels."""
    return round(_font(size).getlength(_known(text)))


def write(rgb: np.ndarray, text: str, x: int, base: int, size: float, colour: Colour) -> None:
    """Onto uint8 RGB (H, W, 3), in place: from `x` on, on the line `base`; what lies outside is left out, and letters
    that the font lacks are question marks."""
    letters, left, top = _letters(_known(text), round(size))
    (x, y), (high, wide) = (x + left, base + top), letters.shape
    rows, columns = slice(max(0, y), max(0, y + high)), slice(max(0, x), max(0, x + wide))
    under = rgb[rows, columns]
    cover = letters[max(0, -y) :, max(0, -x) :][: under.shape[0], : under.shape[1], None] / 255
    under[:] = np.rint(under + cover * (np.array(colour) - under)).astype(np.uint8)


@lru_cache(maxsize=32)
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    found = find_spec("matplotlib")
    places = found.submodule_search_locations if found and found.submodule_search_locations else []
    file = next((Path(place) / FILE for place in places if (Path(place) / FILE).is_file()), None)
    pixels = max(1, round(size))
    return ImageFont.truetype(file, pixels) if file else ImageFont.load_default(pixels)


@lru_cache(maxsize=1024)
def _letters(text: str, size: int) -> tuple[np.ndarray, int, int]:
    """How much each pixel is covered, uint8 (h, w), and where it begins, from the left end of the line."""
    font = _font(size)
    mask, (left, top) = font.getmask2(text, "L", anchor="ls")  # type: ignore[union-attr]
    return np.array(mask, np.uint8).reshape(mask.size[1], mask.size[0]), int(left), int(top)


def _known(text: str) -> str:
    return "".join(letter if _has(letter) else "?" for letter in unicodedata.normalize("NFC", text))


@lru_cache(maxsize=1024)
def _has(letter: str) -> bool:
    if letter == " " or not letter.isprintable():
        return letter == " "
    drawn, missing = (bytes(_font(16).getmask(one)) for one in (letter, MISSING))
    return drawn != missing
