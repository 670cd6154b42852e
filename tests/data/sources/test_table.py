"""FER2013's original table."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ferkit.data.importing import import_faces


def table(rows: list[tuple[object, str, str]], header: str = "emotion,pixels,Usage") -> bytes:
    return "\n".join([header, *(f"{emotion},{pixels},{usage}" for emotion, pixels, usage in rows)]).encode()


def row(seed: int, emotion: object = 3, usage: str = "Training", count: int = 64) -> tuple[object, str, str]:
    return emotion, " ".join(map(str, np.random.default_rng(seed).integers(0, 256, count).tolist())), usage


FIRST = "1 " * 63
ROWS = [row(0), row(1, 0), row(2, 6), row(3, 3, "PublicTest"), row(4, 0, "PrivateTest")]


@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "emotion, pixels, Usage"])
def test_the_original_table(header: str, folder: Path) -> None:
    (folder / "fer2013.csv").write_bytes(table(ROWS, header))
    faces = import_faces(folder / "fer2013.csv", "x").faces
    assert faces.classes == ("angry", "happy", "neutral")
    assert [faces.classes[label] for label in faces.labels] == ["happy", "angry", "neutral", "happy", "angry"]
    assert faces.splits.tolist() == ["train", "train", "train", "val", "test"]
    assert faces.images[1].ravel().tolist() == [int(p) for p in ROWS[1][1].split()] and faces.images.shape == (5, 8, 8)
    assert faces.ids.tolist()[:2] == ["row000000", "row000001"]


def test_the_table_in_a_zip_or_a_folder_and_resized(folder: Path, make: Any) -> None:
    (folder / "fer2013.csv").write_bytes(table(ROWS))
    alone = import_faces(folder / "fer2013.csv", "x").faces
    files = {"fer2013/fer2013.csv": table(ROWS), "fer2013/README": b"hello", "fer2013/other.csv": b"a,b\n1,2\n"}
    for source in (make.zip(folder / "in.zip", files, zipfile.ZIP_DEFLATED), make.folder(folder / "in", files)):
        assert import_faces(source, "y").faces.fingerprint == alone.fingerprint
    assert import_faces(folder / "fer2013.csv", "z", size=16).faces.images.shape == (5, 16, 16)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (row(9, count=8), r"Row 6 of fer2013.csv has 8 pixels; expected 8x8 = 64"),
        ((3, "", "Training"), "not whole numbers"),
        ((3, FIRST + "256", "Training"), "a pixel of 256; expected 0 to 255"),
        ((3, FIRST + "99999999999999999999999", "Training"), "expected 0 to 255"),
        ((3, FIRST + "-1", "Training"), "not whole numbers"),
        ((3, FIRST + "٣", "Training"), "not whole numbers"),
        (row(9, usage="Nonsense"), "the usage 'Nonsense'; expected Training"),
        (row(9, 7), "the emotion '7'; expected 0 to 6"),
        (row(9, "happy"), "the emotion 'happy'"),
    ],
)
def test_a_bad_row_is_named(bad: tuple[object, str, str], message: str, folder: Path, make: Any) -> None:
    (folder / "fer2013.csv").write_bytes(table([*ROWS, bad]))
    make.refused(folder / "fer2013.csv", message)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"emotion,usage\n3,Training\n", "no column 'pixels'; expected emotion, pixels and Usage"),
        (b"pixels\n1 2 3 4\n", "no column 'emotion'"),
        (table([row(0, count=9)]), "a face of 3x3 pixels; expected 8x8 to 512x512"),
        (table([("3", "1 " * 1_500_000, "Training")]), "a line of over 2,097,152 bytes"),
        (b"", "cannot be read as a table"),
        (b"emotion,pixels,Usage\n", "a header and no rows"),
        (table([row(0, count=8)]), "make no square"),
        (
            b"emotion,pixels,Usage\n3,1 2 3 4,Training,more,and,more\n3,1,2,3,4,5,6,7,8,9\n",
            "cut short or no table|has the emotion",
        ),
        (b"emotion,pixels,Usage\n3,\xff\xfe\x00,Training\n", "cut short or no table"),
    ],
)
def test_a_bad_table_is_refused(data: bytes, message: str, folder: Path, make: Any) -> None:
    (folder / "fer2013.csv").write_bytes(data)
    make.refused(folder / "fer2013.csv", message)


def test_the_challenge_s_table_without_usage_is_split_with_a_seed(folder: Path, make: Any) -> None:
    rows = [f"{i % 2},{row(i)[1]}" for i in range(40)]
    train, test = "\n".join(["emotion,pixels", *rows]).encode(), b"pixels\n1 2 3\n"
    source = make.zip(folder / "in.zip", {"train.csv": train, "test.csv": test}, zipfile.ZIP_DEFLATED)
    report = import_faces(source, "x")
    assert {split: sum(n.values()) for split, n in report.faces.counts().items()} == {"train": 32, "val": 4, "test": 4}
    assert "No split in the source" in report.notes[0]


def test_the_table_with_usage_is_preferred(folder: Path, make: Any) -> None:
    files = {"train.csv": b"emotion,pixels\n0,1 2 3 4\n", "icml_face_data.csv": table(ROWS, "emotion, pixels, Usage")}
    assert len(import_faces(make.zip(folder / "in.zip", files, zipfile.ZIP_DEFLATED), "x").faces) == 5


def test_two_tables_that_fit_are_refused(folder: Path, make: Any) -> None:
    make.refused(make.folder(folder / "in", {"a.csv": table(ROWS), "b.csv": table(ROWS)}), "Several tables")
