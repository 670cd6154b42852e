"""Zips cut short, encrypted, or made to do harm."""

import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ferkit.data.importing import import_faces
from ferkit.data.sources import limits, loaded


@pytest.mark.parametrize(
    "name", ["../evil.png", "train/../../evil.png", "/etc/evil.png", "C:\\evil.png", "train\\..\\..\\evil.png"]
)
def test_a_zip_that_climbs_out_is_refused(name: str, folder: Path, make: Any) -> None:
    make.refused(make.zip(folder / "in.zip", make.splits() | {name: make.png()}), "climbs out of its folder")
    assert not list(folder.rglob("evil.png"))


def test_a_zip_with_a_link_is_refused(folder: Path, make: Any) -> None:
    link = zipfile.ZipInfo("train/sad/link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "in.zip", "w") as out:
        for name, data in make.splits().items():
            out.writestr(name, data)
        out.writestr(link, "/etc/passwd")
    make.refused(folder / "in.zip", "holds a link")


def test_an_encrypted_zip_is_refused(folder: Path, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits())
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        data[at + offset] |= 1  # the flag that says encrypted
    path.write_bytes(data)
    make.refused(path, "is encrypted")


@pytest.mark.parametrize("share", [0.0, 0.2, 0.95])
def test_a_zip_cut_short_is_refused(share: float, folder: Path, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits())
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    make.refused(path, "cut short or not a zip")


def test_a_member_whose_bytes_were_changed_is_skipped(folder: Path, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits())
    data = bytearray(path.read_bytes())
    data[data.find(b"\x89PNG") + 50] ^= 0xFF
    path.write_bytes(data)
    report = import_faces(path, "x")
    assert [(s.name, "CRC" in s.reason) for s in report.skipped] == [("train/sad/0.png", True)]


def test_a_bomb_by_ratio_is_refused(folder: Path, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits() | {"train/sad/bomb.png": bytes(3 * 2**20)}, zipfile.ZIP_DEFLATED)
    make.refused(path, "zip bomb")


def test_a_bomb_by_member_or_total_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits())
    with monkeypatch.context() as patched:
        patched.setattr(limits, "MAX_MEMBER", 50)
        make.refused(path, "at most 0 MB are expected")
    monkeypatch.setattr(limits, "MAX_TOTAL", 500)
    make.refused(path, "unpacks to")


def test_more_than_memory_holds_is_refused_at_the_first_image(
    folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    monkeypatch.setattr(loaded, "MAX_MEMORY", 1000)
    make.refused(make.folder(folder / "in", make.splits()), "Pass --size")


def test_a_member_listed_twice_is_taken_once(folder: Path, make: Any) -> None:
    path = make.zip(folder / "in.zip", make.splits())
    with zipfile.ZipFile(path, "a") as out, pytest.warns(UserWarning, match="Duplicate name"):
        out.writestr("train/sad/0.png", make.png(99))
    report = import_faces(path, "x")
    assert len(report.faces) == 18 and report.skipped[0].reason == "listed twice"


def test_an_archive_in_an_archive_is_named(folder: Path, make: Any) -> None:
    inner = make.zip(folder / "inner.zip", make.splits()).read_bytes()
    make.refused(make.zip(folder / "in.zip", {"inner.zip": inner}), "holds another archive .'inner.zip'.; unpack it")
    report = import_faces(make.zip(folder / "both.zip", make.splits() | {"extra.tar.gz": inner}), "x")
    assert [(s.name, s.reason) for s in report.skipped] == [
        ("extra.tar.gz", "an archive in the archive; unpack it first")
    ]


def test_names_that_steer_a_terminal_are_escaped(folder: Path, make: Any) -> None:
    make.refused(make.zip(folder / "in.zip", make.splits() | {"../\x1b[2J.png": make.png()}), r"\\x1b\[2J")
    report = import_faces(make.zip(folder / "ok.zip", make.splits() | {"train/sad/\x1b[31m.png": b""}), "x")
    assert [(s.name, s.reason) for s in report.skipped] == [(r"train/sad/\x1b[31m.png", "empty file")]


def test_a_path_without_end_is_refused(folder: Path, make: Any) -> None:
    files = make.splits() | {f"train/sad/{'x' * 5000}.png": make.png()}
    make.refused(make.zip(folder / "in.zip", files), "a path of 5,014 characters")


def test_the_kind_of_a_file_is_read_from_its_first_bytes(folder: Path, make: Any) -> None:
    source = make.zip(folder / "faces.csv", make.splits())
    assert len(import_faces(source, "x").faces) == 18
