"""Bytes of an image file -> one gray or RGB picture, small enough to be safe."""

import io

import numpy as np
from PIL import Image, ImageOps

from ferkit.errors import DataError

__all__ = ["MAX_SIDE", "as_array", "decode"]

MAX_SIDE = 4096  # pixels; below Pillow's own bomb limit, and checked before a pixel is decoded
FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM")


def decode(data: bytes, size: int | None = None) -> np.ndarray:
    """uint8 (H, W) if all its channels are equal, else (H, W, 3) RGB; `size` crops the middle square and resizes it.

    EXIF rotation is honoured, transparency stands on white. Raises DataError with the reason if it is no such picture.
    """
    if not data:
        raise DataError("empty file")
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if max(image.size) > MAX_SIDE:
                raise DataError(f"{image.width}x{image.height} pixels; at most {MAX_SIDE}x{MAX_SIDE}")
            return as_array(_flat(image), size)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"too many pixels; at most {MAX_SIDE}x{MAX_SIDE}") from error
    except DataError:
        raise
    except Exception as error:  # decoders raise almost anything on broken bytes: OSError, SyntaxError, struct.error ...
        raise DataError(f"broken picture ({_short(error)})") from error


def as_array(image: Image.Image, size: int | None = None) -> np.ndarray:
    """uint8 (H, W) or (H, W, 3) of a picture in mode L or RGB."""
    if size is not None and image.size != (size, size):
        method = (
            Image.Resampling.BOX if min(image.size) >= size else Image.Resampling.BICUBIC
        )  # BOX is the mean over the area
        image = ImageOps.fit(image, (size, size), method)
    pixels = np.asarray(image)
    if pixels.ndim == 3 and (pixels[..., :1] == pixels[..., 1:]).all():
        pixels = pixels[..., 0].copy()
    return pixels


def _flat(image: Image.Image) -> Image.Image:
    """The picture in mode L or RGB, upright, without transparency."""
    image.load()
    if "exif" in image.info or image.format == "TIFF":
        image = ImageOps.exif_transpose(image)
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _eight_bits(image)
    if image.mode == "1":
        return image.convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """16 bits to 8 by the high byte; Pillow's own conversion would cut everything over 255 to white."""
    deep = np.asarray(image).astype(np.float64)
    scale = 257 if deep.max(initial=0) > 255 else 1
    return Image.fromarray(np.clip(deep / scale, 0, 255).round().astype(np.uint8))


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return "unknown format" if "cannot identify" in text else text[:80]
