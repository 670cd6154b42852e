"""Tars, packed or not, and those made to do harm."""

import bz2
import gzip
import io
import lzma
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ferkit.data.importing import import_faces
from ferkit.data.sources import limits, tars

Content = dict[str, bytes]


def tar(files: Content, *extra: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in extra:
            archive.addfile(member)
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.fixture(autouse=True)
def temporary(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate temporary folder, to see that nothing is left in it."""
    (folder / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "tmp"))
    return folder / "tmp"


@pytest.mark.parametrize(
    ("name", "pack"),
    [("in.tar", bytes), ("in.tar.gz", gzip.compress), ("in.tgz", gzip.compress), ("in.tar.bz2", bz2.compress),
     ("in.tar.xz", lzma.compress)],
)  # fmt: skip
def test_a_tar_gives_the_same_dataset_as_its_folder(
    name: str, pack: Callable[[bytes], bytes], folder: Path, temporary: Path, make: Any
) -> None:
    files = make.splits(prefix="./archive/")
    (folder / name).write_bytes(pack(tar(files, special("./archive/train", tarfile.DIRTYPE))))
    seen: list[int] = []
    report = import_faces(folder / name, "x", progress=lambda done, total: seen.append(100 * done // total))
    assert report.faces.fingerprint == import_faces(make.folder(folder / "in", files), "y").faces.fingerprint
    assert report.skipped == () and seen == sorted(seen) and seen[-1] == 100
    assert not [path for path in temporary.iterdir() if "locks" not in path.name]


def test_the_table_in_a_tar(folder: Path) -> None:
    rows = "".join(f"{i % 2},{' '.join([str(i)] * 64)},Training\n" for i in range(20))
    (folder / "fer2013.tar.gz").write_bytes(
        gzip.compress(
            tar({"fer2013/fer2013.csv": f"emotion,pixels,Usage\n{rows}".encode(), "fer2013/README": b"hello"})
        )
    )
    assert len(import_faces(folder / "fer2013.tar.gz", "x").faces) == 20


HOSTILE: dict[str, tuple[tarfile.TarInfo, str]] = {
    "climbs": (special("../evil.png", tarfile.REGTYPE), "climbs out of its folder"),
    "absolute": (special("/etc/evil.png", tarfile.REGTYPE), "climbs out of its folder"),
    "link": (special("train/sad/link.png", tarfile.SYMTYPE, "/etc/passwd"), "holds a link"),
    "hard link": (special("train/sad/link.png", tarfile.LNKTYPE, "../../etc/passwd"), "holds a link"),
    "device": (special("train/sad/zero.png", tarfile.CHRTYPE), "not a regular file"),
    "pipe": (special("train/sad/pipe.png", tarfile.FIFOTYPE), "not a regular file"),
    "long name": (special("train/sad/" + "x" * 5000 + ".png", tarfile.REGTYPE), "a path of 5,014 characters"),
    "escape": (special("train/sad/\x1b[2J/../../../x.png", tarfile.REGTYPE), r"\\x1b\[2J"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_tar_made_to_do_harm_is_refused(kind: str, folder: Path, temporary: Path, make: Any) -> None:
    member, message = HOSTILE[kind]
    (folder / "in.tar.gz").write_bytes(gzip.compress(tar(make.splits(), member)))
    make.refused(folder / "in.tar.gz", message)
    assert not [path for path in temporary.iterdir() if "locks" not in path.name]
    assert not list(folder.rglob("evil.png"))


def test_a_bomb_is_refused_before_it_is_unpacked(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    (folder / "in.tgz").write_bytes(gzip.compress(tar({f"train/sad/{i}.png": bytes(2**20) for i in range(40)})))
    make.refused(folder / "in.tgz", "packed over 200 times smaller")
    monkeypatch.setattr(limits, "MAX_MEMBER", 50)
    make.refused(folder / "in.tgz", "at most 0 MB are expected")
    monkeypatch.setattr(limits, "MAX_FILES", 0)
    monkeypatch.setattr(limits, "MAX_MEMBER", 2**30)
    make.refused(folder / "in.tgz", "at most 0 are read")


def test_a_header_that_claims_gigabytes_is_not_read(folder: Path, make: Any) -> None:
    header = tarfile.TarInfo("PaxHeaders/x")
    header.type, header.size = tarfile.XHDTYPE, 2**33
    content = tar(make.splits())[:-10240] + header.tobuf() + bytes(2048)
    (folder / "in.tar").write_bytes(content)
    make.refused(folder / "in.tar", "cut short or not a tar")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("packed", [True, False])
def test_a_tar_cut_short_is_refused(share: float, packed: bool, folder: Path, make: Any) -> None:
    content = tar(make.splits())
    content = gzip.compress(content) if packed else content
    (folder / "in.tar.gz").write_bytes(content[: int(len(content) * share)])
    make.refused(folder / "in.tar.gz", "cut short or not a tar")


def test_a_packed_file_that_is_not_a_tar_is_refused(folder: Path, make: Any) -> None:
    (folder / "fer2013.csv.gz").write_bytes(gzip.compress(b"emotion,pixels,Usage\n" * 1000))
    make.refused(folder / "fer2013.csv.gz", "fer2013.csv.gz is cut short or not a tar")


def test_a_full_temporary_folder_gives_one_message(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    (folder / "in.tar").write_bytes(tar(make.splits()))
    real = Path.open

    def full(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        if mode == "wb":
            raise OSError(28, "No space left on device")
        return real(path, mode, *more, **named)

    monkeypatch.setattr(Path, "open", full)
    make.refused(folder / "in.tar", r"in.tar cannot be unpacked to .*No space left on device.*set TMPDIR")


def test_no_temporary_folder_gives_one_message(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    (folder / "in.tar").write_bytes(tar(make.splits()))

    def none(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tars.tempfile, "TemporaryDirectory", none)
    make.refused(folder / "in.tar", "There is no temporary folder to unpack in.tar")
