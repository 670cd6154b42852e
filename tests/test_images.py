"""The decoder: one table of cases for photos and imports alike, hostile ones among them."""

import contextlib
import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ferkit import images
from ferkit.errors import MediaError
from ferkit.images import FACE, PHOTO, Limits, decode, fit, gray_if_colourless, open_photo, reduce, resize

SIDE = 16
GRAY = np.arange(SIDE * SIDE, dtype=np.uint8).reshape(SIDE, SIDE)
RGB = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
LARGE = np.kron(RGB, np.ones((4, 4, 1), np.uint8))
WHITE = np.full((SIDE, SIDE), 255, np.uint8)


def encoded(image: Image.Image | np.ndarray, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(out, kind, **options)
    return out.getvalue()


def plain(mode: str, colour: Any) -> Image.Image:
    return Image.new(mode, (SIDE, SIDE), colour)


def painted(*colour: int) -> np.ndarray:
    return np.tile(np.array(colour, np.uint8), (SIDE, SIDE, 1))


def level(value: int) -> np.ndarray:
    return np.full((SIDE, SIDE), value, np.uint8)


def animation(kind: str) -> bytes:
    frames = [plain("RGB", colour) for colour in ("red", "blue")]
    return encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], **({"lossless": True} if kind == "WEBP" else {})
    )


def palette() -> bytes:
    image = plain("P", 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    image.putpixel((0, 0), 0)
    return encoded(image, transparency=0)


def palette_over_white() -> np.ndarray:
    pixels = painted(10, 20, 30)
    pixels[0, 0] = 255
    return pixels


def half_clear() -> np.ndarray:
    pixels = np.zeros((SIDE, SIDE, 4), np.uint8)
    pixels[:, : SIDE // 2, 3] = 255
    return pixels


def half_white() -> np.ndarray:
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:, SIDE // 2 :] = 255
    return pixels


def png(width: int, height: int, *, depth: int = 8, pixels: bytes = b"\0" * 100) -> bytes:
    """A gray PNG whose header says what it likes."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def twelve_bit_tiff() -> bytes:
    """16 x 16 pixels of 4095, two in three bytes: BitsPerSample 12."""
    data = b"\xff" * (SIDE * SIDE * 3 // 2)
    tags = [(256, 3, SIDE), (257, 3, SIDE), (258, 3, 12), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 3, SIDE), (279, 4, len(data))]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def turned(orientation: int) -> bytes:
    """`corner()` as a camera stores it that was held differently."""
    upright = corner()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: upright.T[::-1, ::-1],
        8: np.rot90(upright, -1),
    }[orientation]
    tag = Image.Exif()
    tag[0x0112] = orientation
    return encoded(np.ascontiguousarray(stored), exif=tag)


def corner() -> np.ndarray:
    """White in the upper left corner."""
    pixels = np.zeros((16, 24), np.uint8)
    pixels[:8, :8] = 255
    return pixels


DEEP = GRAY.astype(np.uint16) * 257
READ: dict[str, tuple[Callable[[], bytes], np.ndarray, int]] = {  # bytes, pixels, tolerance
    "gray png": (lambda: encoded(GRAY), GRAY, 0),
    "rgb png": (lambda: encoded(RGB), RGB, 0),
    "gray jpeg": (lambda: encoded(level(90), "JPEG"), level(90), 2),
    "rgb jpeg": (lambda: encoded(plain("RGB", (200, 40, 40)), "JPEG"), painted(200, 40, 40), 6),
    "cmyk jpeg": (lambda: encoded(plain("CMYK", (0, 255, 255, 0)), "JPEG"), painted(255, 0, 0), 6),
    "webp": (lambda: encoded(RGB, "WEBP", lossless=True), RGB, 0),
    "bmp": (lambda: encoded(RGB, "BMP"), RGB, 0),
    "gif": (lambda: encoded(plain("RGB", (200, 40, 40)), "GIF"), painted(200, 40, 40), 3),
    "tiff": (lambda: encoded(RGB, "TIFF"), RGB, 0),
    "tiff, lzw": (lambda: encoded(RGB, "TIFF", compression="tiff_lzw"), RGB, 0),
    "ppm": (lambda: encoded(RGB, "PPM"), RGB, 0),
    "pgm": (lambda: encoded(GRAY, "PPM"), GRAY, 0),
    "ycbcr tiff": (lambda: encoded(plain("RGB", (200, 40, 40)).convert("YCbCr"), "TIFF"), painted(200, 40, 40), 3),
    "lab tiff": (lambda: encoded(plain("LAB", (255, 128, 128)), "TIFF"), painted(255, 255, 255), 255),
    "one bit": (lambda: encoded(plain("1", 1)), WHITE, 0),
    "palette": (lambda: encoded(plain("RGB", (10, 20, 30)).quantize(4)), painted(10, 20, 30), 0),
    "palette with a clear entry": (palette, palette_over_white(), 0),
    "alpha": (lambda: encoded(half_clear()), half_white(), 0),
    "half clear": (lambda: encoded(plain("RGBA", (0, 0, 0, 128))), painted(127, 127, 127), 1),
    "gray with alpha": (lambda: encoded(plain("LA", (0, 0))), painted(255, 255, 255), 0),
    "gray with a clear value": (lambda: encoded(plain("L", 7), transparency=7), painted(255, 255, 255), 0),
    "16 bit png": (lambda: encoded(DEEP), GRAY, 0),
    "16 bit png of small values": (lambda: encoded(np.full((SIDE, SIDE), 200, np.uint16)), level(1), 0),
    "16 bit tiff": (lambda: encoded(DEEP, "TIFF"), GRAY, 0),
    "16 bit pgm": (lambda: b"P5 16 16 65535\n" + DEEP.byteswap().tobytes(), GRAY, 0),
    "12 bit tiff": (twelve_bit_tiff, WHITE, 0),
    "float tiff to 1": (lambda: encoded((GRAY / 255).astype(np.float32), "TIFF"), GRAY, 0),
    "float tiff to 255": (lambda: encoded(GRAY.astype(np.float32), "TIFF"), GRAY, 0),
    "float tiff to 65535": (lambda: encoded(DEEP.astype(np.float32), "TIFF"), GRAY, 0),
    "float tiff to a million": (lambda: encoded(np.full((SIDE, SIDE), 1e6, np.float32), "TIFF"), WHITE, 0),
    "float tiff below 0": (lambda: encoded(np.full((SIDE, SIDE), -3, np.float32), "TIFF"), level(0), 0),
    "float tiff of nan": (lambda: encoded(np.full((SIDE, SIDE), np.nan, np.float32), "TIFF"), level(0), 0),
    "float tiff of infinity": (lambda: encoded(np.full((SIDE, SIDE), np.inf, np.float32), "TIFF"), WHITE, 0),
    "32 bit tiff": (lambda: encoded(GRAY.astype(np.int32), "TIFF"), GRAY, 0),
    "moving gif": (lambda: animation("GIF"), painted(255, 0, 0), 0),
    "moving webp": (lambda: animation("WEBP"), painted(255, 0, 0), 0),
    "several tiff pages": (lambda: animation("TIFF"), painted(255, 0, 0), 0),
    "exif that is broken": (lambda: encoded(GRAY, exif=b"Exif\0\0nonsense"), GRAY, 0),
    **{f"exif orientation {n}": (lambda n=n: turned(n), corner(), 0) for n in range(1, 9)},
}  # fmt: skip

# bytes, what a photo's sentence says, what an import's reason says
REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "got an empty file", "empty file"),
    "text": (lambda: b"just some words", "got something else", "unknown format"),
    "postscript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "something else", "unknown format"),
    "icon": (lambda: encoded(RGB, "ICO", sizes=[(16, 16)]), "something else", "unknown format"),
    "jpeg cut short": (lambda: encoded(LARGE, "JPEG")[:900], "broken or cut", "broken or cut"),
    "png cut short": (lambda: encoded(RGB)[:400], "broken or cut short", "broken or cut short"),
    "png without pixels": (lambda: png(SIDE, SIDE, pixels=b""), "broken or cut short", "broken or cut short"),
    "gif header alone": (lambda: b"GIF89a\x10\0\x10\0\0\0\0", "something else", "unknown format"),
    "9000 x 9000": (lambda: png(9000, 9000), "at most 50 megapixels", "at most 4096 × 4096"),
    "10000 x 10000": (lambda: png(10_000, 10_000), "at most 50 megapixels", "at most 4096 × 4096"),
    "30000 x 30000": (lambda: png(30_000, 30_000), "at most 50 megapixels", "at most 17 megapixels"),
    "16 bit, 8000 x 8000": (lambda: png(8000, 8000, depth=16), "at most 50 megapixels", "at most 4096 × 4096"),
    "1 x 60000": (lambda: png(1, 60_000), "at least 8 × 8", "at most 4096 × 4096"),
    "60000 x 1": (lambda: png(60_000, 1), "at least 8 × 8", "at most 4096 × 4096"),
    "2 x 3000": (lambda: png(2, 3000), "at least 8 × 8", "at least 8 × 8"),
    "10 x 3000": (lambda: png(10, 3000), "20 times as long as wide", "20 times as long as wide"),
    "1 x 1": (lambda: png(1, 1), "at least 8 × 8", "at least 8 × 8"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    make, expected, tolerance = READ[name]
    content = make()
    pixels, photo = decode(content, FACE), open_photo(content)
    assert pixels.dtype == photo.dtype == np.uint8 and photo.flags.writeable and pixels.flags.writeable
    assert pixels.shape == expected.shape and photo.shape == (*expected.shape[:2], 3)
    assert np.abs(pixels.astype(int) - expected).max() <= tolerance
    np.testing.assert_array_equal(photo, images.rgb(pixels))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, sentence, reason = REFUSED[name]
    content = make()
    if "at " in sentence or "times" in sentence:  # by the header alone
        monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("pixels were decoded"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(MediaError, match=sentence) as caught:
            open_photo(content)
        with pytest.raises(MediaError) as listed:
            decode(content, FACE)
    assert str(caught.value).startswith("Expected a photo") and "\n" not in str(caught.value)
    assert reason in listed.value.reason and len(listed.value.reason) < 120


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM"])
def test_damaged_files_are_read_or_refused(kind: str) -> None:
    rng = np.random.default_rng(1)
    intact = np.frombuffer(encoded(np.kron(RGB, np.ones((2, 2, 1), np.uint8)), kind), np.uint8)
    for _ in range(60):
        damaged = intact.copy()
        damaged[rng.integers(0, min(400, len(intact)), 4)] = rng.integers(0, 256, 4)
        with contextlib.suppress(MediaError):
            assert open_photo(damaged.tobytes()).ndim == 3


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path, limits = tmp_path / "a.png", Limits("a photo", megabytes=0, megapixels=1, longest=99)
    path.write_bytes(encoded(GRAY))
    for source in (encoded(GRAY), path):
        with pytest.raises(MediaError, match="Expected a photo of at most 0 MB"):
            open_photo(source, limits)


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(RGB))
    np.testing.assert_array_equal(open_photo(tmp_path / "a.png"), RGB)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "got: no such file"),
        (lambda path: path.mkdir(), "got a folder"),
        (lambda path: os.mkfifo(path), "got a device or a pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "got a device or a pipe"),
        (lambda path: path.symlink_to(path), "got: too many levels"),
    ],
    ids=["missing", "folder", "pipe", "endless device", "link to itself"],
)
def test_a_file_that_is_not_regular_is_refused_without_waiting(
    tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    path = tmp_path / "a\x1b[31m.jpg"
    make(path)
    with pytest.raises(MediaError, match=message) as caught:
        open_photo(path)
    assert r"a\x1b[31m.jpg" in str(caught.value) and "\x1b" not in str(caught.value)


def test_shrinking_is_the_mean_over_the_area() -> None:
    checks = np.kron([[0, 200], [200, 0]], np.ones((8, 8))).astype(np.uint8)
    assert resize(checks, 1, 1).tolist() == [[100]] and resize(checks, 2, 2).tolist() == [[0, 200], [200, 0]]
    assert resize(images.rgb(checks), 1, 1).tolist() == [[[100] * 3]]


def test_fitting_takes_the_square_in_the_middle() -> None:
    wide = np.array([[0, 100, 200, 0]], np.uint8).repeat(8, 0).repeat(4, 1)
    assert fit(wide, 8)[0].tolist() == [100] * 4 + [200] * 4
    assert fit(GRAY, SIDE) is GRAY and fit(GRAY, 40).shape == (40, 40)


def test_reducing_keeps_the_shape_and_never_enlarges() -> None:
    assert reduce(np.zeros((300, 400, 3), np.uint8), 192).shape == (144, 192, 3)
    assert reduce(RGB, 1920) is RGB
    assert reduce(np.zeros((1, 9000, 3), np.uint8), 1920).shape == (1, 1920, 3)


def test_equal_channels_are_gray() -> None:
    np.testing.assert_array_equal(gray_if_colourless(images.rgb(GRAY)), GRAY)
    assert gray_if_colourless(RGB) is RGB and gray_if_colourless(GRAY) is GRAY


def test_the_limits_are_below_what_pillow_warns_of() -> None:
    assert max(limits.megapixels for limits in (PHOTO, FACE)) * 10**6 < Image.MAX_IMAGE_PIXELS
