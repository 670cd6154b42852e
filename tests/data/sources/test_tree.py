"""Images of every size, broken and hostile ones among them."""

import errno
import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ferkit.data.importing import import_faces
from ferkit.data.sources import limits, loaded, tree
from ferkit.errors import DataError


def test_equal_channels_are_gray_and_one_coloured_image_makes_all_colour(folder: Path, make: Any) -> None:
    gray = np.array(Image.open(io.BytesIO(make.png(1))))
    out = io.BytesIO()
    Image.fromarray(np.stack([gray] * 3, axis=2)).save(out, "PNG")
    files = {f"train/{label}/{i}.png": out.getvalue() for label in ("a", "b") for i in range(2)}
    report = import_faces(make.folder(folder / "gray", files), "x")
    assert report.faces.images.shape == (4, 8, 8) and (report.faces.images[0] == gray).all()
    report = import_faces(make.folder(folder / "colour", files | {"train/a/9.png": make.png(2, colour=True)}), "x")
    assert report.faces.images.shape == (5, 8, 8, 3)
    at = report.faces.ids.tolist().index("train/a/9.png")
    assert (report.faces.images[at] == np.array(Image.open(io.BytesIO(make.png(2, colour=True))))).all()
    assert (report.faces.images[at - 1] == gray[..., None]).all()


def test_different_sizes_need_size(folder: Path, make: Any) -> None:
    source = make.folder(folder / "in", make.splits() | {"train/sad/9.png": make.png(size=(10, 10))})
    make.refused(source, r"Images differ in size.*10x10\. Pass --size 8")
    assert import_faces(source, "x", size=16).faces.images.shape == (19, 16, 16)


def test_images_that_are_not_square_need_size_and_are_cropped(folder: Path, make: Any) -> None:
    wide = Image.fromarray(
        np.repeat(np.array([[0, 100, 200, 0]], np.uint8), 2, axis=0).repeat(4, 0).repeat(4, 1)
    )  # 16 wide, 8 high
    out = io.BytesIO()
    wide.save(out, "PNG")
    source = make.folder(folder / "in", {f"train/{label}/0.png": out.getvalue() for label in ("a", "b")})
    make.refused(source, "not a square. Pass --size")
    assert import_faces(source, "x", size=8).faces.images[0, 0].tolist() == [100] * 4 + [200] * 4


@pytest.mark.parametrize(("size", "message"), [(0, "from 8 to 512"), (4000, "from 8 to 512")])
def test_a_size_out_of_range_is_refused(size: int, message: str, folder: Path, make: Any) -> None:
    make.refused(make.folder(folder / "in", make.splits()), message, size=size)


@pytest.mark.parametrize("subset", [0.0, -1.0, 1.5, float("nan")])
def test_a_subset_out_of_range_is_refused(subset: float, folder: Path, make: Any) -> None:
    make.refused(make.folder(folder / "in", make.splits()), "share over 0 and up to 1", subset=subset)


def huge(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )


BROKEN = {  # the bytes, and the reason that is given
    "empty": (lambda make: b"", "empty file"),
    "text": (lambda make: b"this is no image", "unknown format"),
    "cut": (lambda make: make.png()[:60], "broken or cut short"),
    "cut jpeg": (lambda make: make.png(size=(32, 32), kind="JPEG")[:400], "broken or cut short"),
    "large": (lambda make: huge(5000, 5000), "at most 4096 × 4096"),
    "bomb": (lambda make: huge(30000, 30000), "at most 17 megapixels"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("pack", ["zip", "folder"])
def test_broken_images_are_skipped_counted_and_named(pack: str, kind: str, folder: Path, make: Any) -> None:
    data, reason = BROKEN[kind][0](make), BROKEN[kind][1]
    source = getattr(make, pack)(
        folder / "in.zip", make.splits() | {"train/sad/bad.png": data, "val/sad/bad.png": data}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = import_faces(source, "x")
    assert len(report.faces) == 18
    assert [s.name for s in report.skipped] == ["train/sad/bad.png", "val/sad/bad.png"]
    assert all(reason in s.reason for s in report.skipped)


def test_a_file_too_large_or_closed_is_skipped(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    source = make.folder(folder / "in", make.splits())
    with (source / "train/sad/large.png").open("wb") as out:
        out.truncate(limits.MAX_MEMBER + 1)
    report = import_faces(source, "x")
    assert [(s.name, s.reason) for s in report.skipped] == [("train/sad/large.png", "50 MB; at most 50 MB")]
    real = Path.open

    def closed(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "0.png" and "val" in path.parts:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", closed)
    assert {s.name for s in import_faces(source, "x").skipped} >= {"val/sad/0.png", "val/Happy/0.png"}


def test_nothing_readable_is_an_error(folder: Path, make: Any) -> None:
    make.refused(make.zip(folder / "in.zip", dict.fromkeys(make.splits(), b"")), r"None of the 18 images.*empty file")


@pytest.mark.parametrize("side", [1, 2, 7])
def test_images_too_small_to_train_on_are_skipped(side: int, folder: Path, make: Any) -> None:
    source = make.zip(folder / "in.zip", make.splits() | {"train/sad/small.png": make.png(size=(side, side))})
    for size in (None, 8):
        report = import_faces(source, "x", size=size)
        assert [(s.name, s.reason) for s in report.skipped] == [
            ("train/sad/small.png", f"{side} × {side} pixels; at least 8 × 8")
        ]
    tiny = make.zip(folder / "tiny.zip", {name: make.png(size=(side, side)) for name in make.splits()})
    with pytest.raises(DataError, match="None of the 18 images"):
        import_faces(tiny, "y")


def test_flat_images_of_many_pixels_are_refused_before_they_fill_the_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    """The sum of what is decoded is bounded by the bytes of the files, with and without --size."""
    monkeypatch.setattr(tree, "FREE", 10 * 2**20)
    flat = make.encoded(Image.new("RGB", (1024, 1024), (200, 30, 30)))
    source = make.zip(folder / "in.zip", dict.fromkeys(make.splits(), flat))
    make.refused(source, "decompression bomb")
    make.refused(source, "decompression bomb", size=48)


def test_memory_is_bounded_by_all_channels_of_all_images(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    monkeypatch.setattr(loaded, "MAX_MEMORY", 18 * 8 * 8 * 2)
    assert len(import_faces(make.folder(folder / "gray", make.splits()), "x").faces) == 18
    last = sorted(make.splits())[-1]
    source = make.folder(folder / "in", make.splits() | {last: make.png(1, colour=True)})
    with pytest.raises(DataError, match="18 images of 8x8 in colour take"):
        import_faces(source, "y")


def test_too_many_files_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    monkeypatch.setattr(tree, "MAX_FILES", 17)
    make.refused(make.folder(folder / "in", make.splits()), "holds 18 files; at most 17")


def test_a_path_without_end_is_skipped(folder: Path, make: Any) -> None:
    deep = "train/sad/" + "/".join(["d" * 90] * 5) + "/0.png"
    report = import_faces(make.folder(folder / "in", make.splits() | {deep: make.png()}), "x")
    assert [s.reason for s in report.skipped] == ["a path of 470 characters; at most 400"]
