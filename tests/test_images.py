import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ferkit import images as pictures
from ferkit.errors import MediaError
from ferkit.images import open_picture


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def png_of_zeros(width: int, height: int) -> bytes:
    """A gray PNG whose pixels compress to almost nothing, made by hand."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    squeeze = zlib.compressobj(9)
    row = bytes(width + 1)
    pixels = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_lossless_pixels_come_back_as_they_were(tmp_path: Path) -> None:
    image = noise(7, 11, 3)
    (tmp_path / "a.png").write_bytes(encoded(Image.fromarray(image)))
    np.testing.assert_array_equal(open_picture(tmp_path / "a.png"), image)
    assert open_picture(tmp_path / "a.png").flags.writeable


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_common_formats_open_as_rgb(kind: str) -> None:
    found = open_picture(encoded(Image.new("RGB", (12, 8), (200, 40, 40)), kind))
    assert found.shape == (8, 12, 3) and found.dtype == np.uint8
    assert np.abs(found.astype(int) - (200, 40, 40)).max() < 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_turns_the_picture_upright(orientation: int) -> None:
    upright = np.zeros((16, 24, 3), np.uint8)
    upright[:8, :8] = 255  # a white upper left corner
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90(upright, -1),
    }[orientation]
    tag = Image.Exif()
    tag[0x0112] = orientation
    found = open_picture(encoded(Image.fromarray(np.ascontiguousarray(stored)), "PNG", exif=tag))
    np.testing.assert_array_equal(found, upright)


def test_transparency_is_laid_over_white() -> None:
    image = np.zeros((4, 4, 4), np.uint8)
    image[:, :2, 3] = 255
    found = open_picture(encoded(Image.fromarray(image)))
    assert (found[:, :2] == 0).all() and (found[:, 2:] == 255).all()


def test_a_palette_with_a_transparent_entry_is_laid_over_white() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    image.putpixel((0, 0), 0)
    found = open_picture(encoded(image, transparency=0))
    assert found[0, 0].tolist() == [255, 255, 255] and found[1, 1].tolist() == [10, 20, 30]


def test_sixteen_bits_keep_their_range() -> None:
    ramp = np.linspace(0, 65535, 256).round().astype(np.uint16)[None].repeat(2, 0)
    np.testing.assert_array_equal(open_picture(encoded(Image.fromarray(ramp)))[0, :, 1], np.arange(256))


def test_float_and_cmyk_and_bilevel_open() -> None:
    ramp = Image.fromarray(np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8))
    assert np.ptp(open_picture(encoded(ramp, "TIFF"))) == 255
    cmyk = open_picture(encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert cmyk[0, 0, 0] > 200 and cmyk[0, 0, 1] < 60
    assert (open_picture(encoded(Image.new("1", (3, 3), 1))) == 255).all()


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (6, 6), colour) for colour in ("red", "blue")]
    found = open_picture(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert found[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"just some words", "something else"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "something else"),
        (encoded(Image.fromarray(noise(64, 64, 3)), "JPEG")[:900], "broken or cut short"),
        (encoded(Image.fromarray(noise(64, 64, 3)))[:2000], "broken or cut short"),
    ],
    ids=["empty", "text", "postscript", "cut jpeg", "cut png"],
)
def test_what_is_no_picture_is_refused_in_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(MediaError, match=f"Expected .*{said}"):
        open_picture(content)


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (10_000, 10_000), (8_000, 7_000)])
def test_a_bomb_is_refused_by_its_header(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("pixels were decoded"))
    bomb = png_of_zeros(width, height if height < 20_000 else 40)
    if height == 20_000:
        header = struct.pack(">II", width, height)
        bomb = (
            bomb[:16] + header + bomb[24:29] + struct.pack(">I", zlib.crc32(b"IHDR" + header + bomb[24:29])) + bomb[33:]
        )
    with pytest.raises(MediaError, match="Expected at most 50 megapixels"):
        open_picture(bomb)


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 1000)
    (tmp_path / "a.bin").write_bytes(bytes(1001))
    for source in (bytes(1001), tmp_path / "a.bin"):
        with pytest.raises(MediaError, match="Expected at most"):
            open_picture(source)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"at gone\.jpg, got: no such file"):
        open_picture(tmp_path / "gone.jpg")
    with pytest.raises(MediaError, match="is a directory"):
        open_picture(tmp_path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_damaged_files_open_or_raise_picture_error_only(kind: str) -> None:
    rng = np.random.default_rng(1)
    whole = np.frombuffer(encoded(Image.fromarray(noise(24, 24, 3)), kind), np.uint8)
    said: list[str] = []
    for _ in range(60):
        damaged = whole.copy()
        damaged[rng.integers(0, min(400, len(whole)), 4)] = rng.integers(0, 256, 4)
        try:
            assert open_picture(damaged.tobytes()).ndim == 3
        except MediaError as error:
            said.append(str(error))
    assert all(one.startswith("Expected") for one in said)
