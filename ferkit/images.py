"""Open a picture from anywhere, safely: its header is judged before a pixel is decoded."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ferkit.errors import MediaError

__all__ = ["FORMATS", "MAX_BYTES", "MAX_PIXELS", "open_picture"]

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
MAX_PIXELS = 50_000_000
MAX_BYTES = 30_000_000
ORIENTATION = 0x0112  # the EXIF tag
BAND = 256  # rows
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Set once here: `warnings.catch_warnings` around each call would race between the threads of a server.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def open_picture(source: bytes | Path) -> np.ndarray:
    """A picture as uint8 RGB (H, W, 3): turned upright by its EXIF tag, transparency over white, the first frame if it
    moves.

    Raises MediaError for what is missing, empty, broken, no picture, of another format, or larger than `MAX_BYTES` or
    `MAX_PIXELS`.
    """
    content = _read(source) if isinstance(source, Path) else source
    if not content:
        raise MediaError("Expected a picture, got an empty file. Choose another file.")
    if len(content) > MAX_BYTES:
        raise _too_heavy(len(content))
    picture = _header(content)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_large(f"{width} × {height}")
    try:
        picture.load()
        return _array(_rgb(_upright(picture)))
    except Exception as error:  # a decoder fed with hostile bytes raises whatever it stumbles on
        what = "broken or cut short"
        raise MediaError(
            f"Expected a whole picture, got a {picture.format} file that is {what}. Save or copy it again."
        ) from error


def _read(path: Path) -> bytes:
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise _too_heavy(size)
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f"Expected a picture at {path.name}, got: {reason}. Check the path.") from error


def _header(content: bytes) -> Image.Image:
    """The picture with its size and mode known, and no pixel decoded yet."""
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large("far more") from error
    except UnidentifiedImageError as error:
        raise MediaError(
            "Expected a JPEG, PNG, WebP, BMP, GIF or TIFF picture, got something else. Save it as JPEG."
        ) from error
    except Exception as error:  # as above
        raise MediaError("Expected a picture, got a file whose header is broken. Save or copy it again.") from error


def _too_heavy(size: int) -> MediaError:
    return MediaError(f"Expected at most {MAX_BYTES // 10**6} MB, got {size / 1e6:.0f} MB. Make the picture smaller.")


def _too_large(got: str) -> MediaError:
    return MediaError(f"Expected at most {MAX_PIXELS // 10**6} megapixels, got {got}. Make the picture smaller.")


def _upright(picture: Image.Image) -> Image.Image:
    turn = UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
    return picture if turn is None else picture.transpose(turn)


def _rgb(picture: Image.Image) -> Image.Image:
    """Any mode -> RGB. Pillow's own conversion would clip deep grays to white and drop what lies under transparency."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return Image.fromarray(_eight_bits(picture)).convert("RGB")
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def _array(picture: Image.Image) -> np.ndarray:
    """RGB -> uint8 (H, W, 3), copied in bands: Pillow hands over 12 megapixels at once three times more slowly."""
    pixels = np.empty((picture.height, picture.width, 3), np.uint8)
    for top in range(0, picture.height, BAND):
        bottom = min(picture.height, top + BAND)
        pixels[top:bottom] = np.asarray(picture.crop((0, top, picture.width, bottom)))
    return pixels


def _eight_bits(picture: Image.Image) -> np.ndarray:
    """16-bit gray by its full range, 32-bit and float by the range they use -> uint8 (H, W)."""
    deep = np.nan_to_num(np.asarray(picture).astype(np.float32), posinf=0, neginf=0)
    low, high = (0, 65535) if picture.mode.startswith("I;16") else (float(deep.min()), float(deep.max()))
    if low >= 0 and high <= 255:
        return deep.astype(np.uint8)
    return np.rint((deep - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
