"""The decoder of all still images: photos, files of a dataset, everything that comes from outside.

    open_photo(Path("me.jpg"))             # uint8 RGB (H, W, 3); raises MediaError with one sentence
    decode(content, FACE)                  # uint8 gray (H, W) or RGB (H, W, 3), as the file has it
    fit(pixels, 48)                        # its middle square, 48 x 48

Pillow reads the header, the limits are checked against it, and only then is a pixel decoded. Rules that hold for every
caller:

- upright, as the EXIF orientation says; the first frame of an animation; transparency over white;
- integers are scaled by the depth the format declares: 16 bits from 0..65535 to 0..255, 12 bits from 0..4095;
- 32-bit and floating-point gray declare no white: it is the smallest of 1, 255 and 65535 that no pixel exceeds, else
  the largest value; below 0 and not-a-number are black;
- shrinking averages over the area of a pixel, as the faces were shrunk that networks are trained on; enlarging is
  bicubic.
"""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ferkit import files
from ferkit.errors import MediaError

__all__ = [
    "ENDINGS", "FACE", "FORMATS", "NAMES", "PHOTO", "Limits", "decode", "fit", "gray_if_colourless", "open_photo",
    "reduce", "resize", "rgb",
]  # fmt: skip

FORMATS = {  # what is read, and the endings of its files
    "JPEG": ("jpg", "jpeg", "jpe"),
    "PNG": ("png",),
    "WebP": ("webp",),
    "BMP": ("bmp",),
    "GIF": ("gif",),
    "TIFF": ("tif", "tiff"),
    "PPM": ("ppm", "pgm"),
}
ENDINGS = tuple(ending for endings in FORMATS.values() for ending in endings)
NAMES = ", ".join(list(FORMATS)[:-1]) + f" or {list(FORMATS)[-1]}"  # as messages and pages say them
BITS_PER_SAMPLE = 258  # the TIFF tag
WHITES = (1.0, 255.0, 65535.0)
BAND = 256  # rows


@dataclass(frozen=True)
class Limits:
    """What a file may be; checked before a pixel is decoded. Decoding takes at most 7 bytes of memory a pixel."""

    what: str  # in words, for messages
    megabytes: int  # of the file
    megapixels: int
    longest: int  # pixels of a side
    shortest: int = 8  # pixels of a side; nothing smaller can be read as a face
    ratio: int = 20  # the longer side by the shorter


PHOTO = Limits("a photo", megabytes=30, megapixels=50, longest=65_000)
FACE = Limits("an image", megabytes=50, megapixels=17, longest=4096)  # of a dataset


def open_photo(source: bytes | Path, limits: Limits = PHOTO) -> np.ndarray:
    """A photo as uint8 RGB (H, W, 3), by the rules above.

    Raises MediaError if it is missing, not a regular file, empty, broken, not an image, of another format, or beyond
    `limits`.
    """
    if isinstance(source, Path):
        source = files.read_bytes(source, limits.megabytes * 10**6, limits.what, MediaError)
    return rgb(decode(source, limits))


def decode(content: bytes, limits: Limits = FACE) -> np.ndarray:
    """The image in a file's bytes: uint8 (H, W) where the file is gray, else RGB (H, W, 3).

    Raises MediaError, whose `reason` is the short form, for what is empty, broken, of no known format or beyond
    `limits`.
    """
    if not content:
        raise MediaError(f"Expected {limits.what}, got an empty file. Choose another file.", "empty file")
    if len(content) > limits.megabytes * 10**6:
        _too_large(limits, f"{limits.megabytes} MB", f"{len(content) / 1e6:.0f} MB")
    image = _header(content, limits)
    _check(image.width, image.height, limits)
    try:
        image.load()
        with contextlib.suppress(Exception):  # a broken EXIF block: the image stays as it is stored
            ImageOps.exif_transpose(image, in_place=True)
        return _in_bands(image)
    except Exception as error:  # a decoder fed with hostile bytes raises almost anything
        message = (
            f"Expected {limits.what}, got a {image.format} file that is broken or cut short. Save or copy it again."
        )
        raise MediaError(message, f"broken or cut short ({_short(error)})") from error


def rgb(pixels: np.ndarray) -> np.ndarray:
    """uint8 (H, W) or (H, W, 3) -> (H, W, 3)."""
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels


def gray_if_colourless(pixels: np.ndarray) -> np.ndarray:
    """uint8 (H, W, 3) whose channels are all equal -> (H, W); anything else as it is."""
    equal = pixels.ndim == 3 and (pixels[..., :1] == pixels[..., 1:]).all()
    return pixels[..., 0].copy() if equal else pixels


def resize(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """uint8 (H, W[, 3]) -> (height, width[, 3]): the mean over the area where both sides shrink, else bicubic."""
    if pixels.shape[:2] == (height, width):
        return pixels
    shrinks = pixels.shape[0] >= height and pixels.shape[1] >= width
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC
    return np.array(Image.fromarray(pixels).resize((width, height), method))


def reduce(pixels: np.ndarray, longest: int) -> np.ndarray:
    """uint8 (H, W[, 3]) with its longer side at most `longest` pixels, for the eye; a smaller image as it is."""
    import cv2  # three times as fast as Pillow on twelve megapixels, and not needed by most who decode

    height, width = pixels.shape[:2]
    if (scale := longest / max(height, width)) >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def fit(pixels: np.ndarray, size: int) -> np.ndarray:
    """uint8 (H, W[, 3]) -> (size, size[, 3]): the square in the middle, resized."""
    if pixels.shape[:2] == (size, size):
        return pixels
    method = Image.Resampling.BOX if min(pixels.shape[:2]) >= size else Image.Resampling.BICUBIC
    return np.array(ImageOps.fit(Image.fromarray(pixels), (size, size), method))


def _header(content: bytes, limits: Limits) -> Image.Image:
    """The image with its size and mode known, and no pixel decoded yet."""
    try:
        return Image.open(io.BytesIO(content), formats=tuple(name.upper() for name in FORMATS))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _too_large(limits, f"{limits.megapixels} megapixels", "far more")
    except UnidentifiedImageError as error:
        message = f"Expected {limits.what} as {NAMES}, got something else. Save it as JPEG."
        raise MediaError(message, "unknown format") from error
    except Exception as error:  # as in `decode`
        message = f"Expected {limits.what}, got a file whose header is broken. Save or copy it again."
        raise MediaError(message, f"broken header ({_short(error)})") from error


def _check(width: int, height: int, limits: Limits) -> None:
    size = f"{width} × {height} pixels"
    if max(width, height) > limits.longest:
        _too_large(limits, f"{limits.longest} × {limits.longest} pixels", size)
    if width * height > limits.megapixels * 10**6:
        _too_large(limits, f"{limits.megapixels} megapixels", size)
    if min(width, height) < limits.shortest:
        message = f"Expected {limits.what} of at least {limits.shortest} × {limits.shortest} pixels, got {size}."
        raise MediaError(f"{message} Choose a larger one.", f"{size}; at least {limits.shortest} × {limits.shortest}")
    if max(width, height) > limits.ratio * min(width, height):
        message = f"Expected {limits.what} at most {limits.ratio} times as long as wide, got {size}. Cut it."
        raise MediaError(message, f"{size}; at most {limits.ratio} times as long as wide")


def _too_large(limits: Limits, most: str, size: str) -> NoReturn:
    message = f"Expected {limits.what} of at most {most}, got {size}. Make it smaller."
    raise MediaError(message, f"{size}; at most {most}")


def _in_bands(image: Image.Image) -> np.ndarray:
    """A decoded image -> uint8 (H, W) or (H, W, 3). In bands, so that a conversion needs little extra memory; Pillow
    also hands over twelve megapixels at once three times more slowly."""
    white = _white(image)
    gray = white is not None or (image.mode in ("1", "L") and not image.has_transparency_data)
    pixels = np.empty((image.height, image.width) if gray else (image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, BAND):
        bottom = min(image.height, top + BAND)
        band = image.crop((0, top, image.width, bottom))
        pixels[top:bottom] = np.asarray(_eight_bits(band, gray)) if white is None else _scaled(band, white)
    return pixels


def _eight_bits(band: Image.Image, gray: bool) -> Image.Image:
    """Modes of 8 bits and fewer -> L or RGB, transparency over white."""
    if band.has_transparency_data:
        band = band.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB")
    mode = "L" if gray else "RGB"
    return band if band.mode == mode else band.convert(mode)


def _white(image: Image.Image) -> float | None:
    """The value that is white in a gray image of more than 8 bits; None for any other image."""
    if image.mode.startswith("I;16"):
        bits = getattr(image, "tag_v2", {}).get(BITS_PER_SAMPLE, (16,))[0]
        return float(2 ** min(max(int(bits), 1), 16) - 1)
    if image.mode == "I" and image.format in ("PPM", "PNG"):  # Pillow scales these to 16 bits
        return 65535.0
    if image.mode not in ("I", "F"):
        return None
    values = np.asarray(image)
    largest = float(np.max(values, where=np.isfinite(values), initial=0))
    return next((white for white in WHITES if largest <= white), largest)


def _scaled(band: Image.Image, white: float) -> np.ndarray:
    """Gray of more than 8 bits -> uint8, 0 black and `white` 255."""
    values = np.nan_to_num(np.asarray(band, np.float64), nan=0.0, posinf=white, neginf=0.0)
    return np.rint(np.clip(values, 0, white) * (255 / white)).astype(np.uint8)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__
