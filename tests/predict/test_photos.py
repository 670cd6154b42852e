"""Photos by the dozen: broken ones among good ones, hostile zips, limits."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import typer
from skimage import data
from typer.testing import CliRunner

from ferkit.cli import predict
from ferkit.data.sources import tree
from ferkit.faces import Box
from ferkit.predict import photos
from ferkit.predict.photos import File, Photo, opened, read_each
from tests.predict.stubs import Fixed, Stub
from tests.test_images import encoded
from tests.worlds import World

FACE = encoded(data.astronaut(), "JPEG", quality=90)
COFFEE = encoded(data.coffee(), "PNG")
BOX = Box(170, 60, 110, 110, 0.9)


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def even(faces: np.ndarray) -> np.ndarray:
    return np.tile([0.7, 0.3], (len(faces), 1))


def read_all(*files: File) -> list[Photo]:
    with opened(files) as sources:
        return list(read_each(sources, Stub(("calm", "cross"), even), Fixed(BOX)))  # type: ignore[arg-type]


def test_files_and_zips_are_read_in_their_order() -> None:
    holiday = zipped({"a/one.jpg": FACE, "__MACOSX/a/._one.jpg": b"x", "a/two.png": COFFEE})
    first, one, two = read_all(("me.jpg", FACE), ("holiday.zip", holiday))
    assert [first.name, one.name, two.name] == ["me.jpg", "a/one.jpg", "a/two.png"]
    assert first.reading is not None and one.reading is not None and two.reading is not None
    assert (one.reading.width, two.reading.width) == (512, 600) and one.reading.faces[0].label == "calm"
    np.testing.assert_array_equal(first.reading.faces[0].crop, one.reading.faces[0].crop)
    assert first.thumbnails[0].shape == (photos.THUMBNAIL, photos.THUMBNAIL, 3)


def test_a_broken_photo_says_so_and_the_others_go_on() -> None:
    inside = zipped({"cut.jpg": FACE[:9000], "notes.txt": b"hello", "more.zip": zipped({"a.jpg": FACE}), "b.jpg": FACE})
    read = read_all(("empty.png", b""), ("words.png", b"no picture"), ("in.zip", inside), ("me.jpg", FACE))
    assert [photo.name for photo in read if photo.reading is not None] == ["b.jpg", "me.jpg"]
    assert {photo.name: photo.problem.split(" (")[0] for photo in read if photo.reading is None} == {
        "empty.png": "empty file",
        "words.png": "unknown format",
        "cut.jpg": "broken or cut short",
        "notes.txt": "not a photo",
        "more.zip": "an archive in the archive; unpack it first",
    }
    assert all(photo.message for photo in read if photo.reading is None)


def test_a_photo_whose_checksum_is_wrong_is_named() -> None:
    damaged = bytearray(zipped({"a.jpg": FACE, "b.jpg": FACE}))
    damaged[2000] ^= 0xFF
    broken, whole = read_all(("in.zip", bytes(damaged)))
    assert "cannot be read (Bad CRC-32" in broken.problem and whole.reading is not None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"/etc/a.jpg": FACE}), "climbs out of its folder"),
        (zipped({"../a.jpg": FACE}), "climbs out of its folder"),
        (zipped({"C:\\a.jpg": FACE}), "climbs out of its folder"),
        (zipped({"a.jpg": bytes(3 * 2**20)}, zipfile.ZIP_DEFLATED), "as only a zip bomb is"),
        (zipped({f"{i:090}.jpg": b"" for i in range(4500)}), "lists thousands of files"),
        (zipped({}), "holds no photo"),
        (zipped({"a.jpg": FACE})[:5000], "cut short or not a zip"),
        (b"words", "cut short or not a zip"),
        (zipped({"a.jpg": FACE})[:-22] + b"PK\x06\x07" + bytes(16) + zipped({"a.jpg": FACE})[-22:], "over 4 GB"),
    ],
    ids=["absolute", "parent", "drive", "bomb", "thousands", "nothing", "cut", "words", "zip64"],
)
def test_a_hostile_zip_is_one_sentence_and_the_others_go_on(content: bytes, words: str) -> None:
    refused, good = read_all(("evil.zip", content), ("me.jpg", FACE))
    assert refused.name == "evil.zip" and refused.reading is None and good.reading is not None
    assert words in refused.message and refused.message.startswith("evil.zip ") and "\n" not in refused.message


def test_beyond_a_limit_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PHOTOS", 3)
    *read, more = read_all(*[("me.jpg", FACE)] * 5)
    assert len(read) == 3 and more.name == "2 more" and "beyond the 3 photos" in more.message
    monkeypatch.setattr(photos, "MOST_FACES", 1)
    first, second, _ = read_all(*[("me.jpg", FACE)] * 3)
    assert first.reading is not None and second.message.startswith("Not read: 1 faces")


def test_megabytes_and_pixels_of_all_photos_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "FREE", 2**21)
    flat = encoded(np.zeros((600, 600, 3), np.uint8), "PNG")
    first, *rest = read_all(*[("flat.png", flat)] * 3)
    assert first.reading is not None and all("decompression bomb" in photo.message for photo in rest)
    monkeypatch.setattr(photos, "MOST_MEGABYTES", 0.1)
    content = zipped({"a.jpg": FACE, "b.jpg": FACE, "c.jpg": FACE})
    (whole,) = read_all(("in.zip", content))
    assert "at most 0.1 MB are read" in whole.message
    assert [photo.reading is None for photo in read_all(*[("me.jpg", FACE)] * 4)][-1]


def test_the_command_line_reads_a_zip(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    (tmp_path / "in.zip").write_bytes(zipped({"a.jpg": FACE, "b.jpg": FACE[:9000]}))
    (tmp_path / "evil.zip").write_bytes(zipped({"../a.jpg": FACE}))
    command = typer.Typer()
    predict.register(command)
    printed = CliRunner().invoke(command, [str(tmp_path / "in.zip"), "--run", "alpha", "--json"])
    assert printed.exit_code == 0, printed.output
    good, broken = json.loads(printed.stdout)
    assert good["image"].endswith("in.zip/a.jpg") and len(good["faces"]) == 1 and "cut short" in broken["error"]
    refused = CliRunner().invoke(command, [str(tmp_path / "evil.zip"), "--run", "alpha"])
    assert refused.exit_code == 2 and "climbs out of its folder" in refused.output
