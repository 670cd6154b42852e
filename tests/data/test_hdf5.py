"""Untrusted stores: each gives one message, and nothing outside the file is read."""

import os
import resource
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from ferkit.cli import data as cli_data
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import DataError

N = 6
Change = Callable[[h5py.File], object]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good store of six faces, to be spoiled."""
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))
    images = np.random.default_rng(0).integers(0, 256, (N, 8, 8), dtype=np.uint8)
    labels, ids = np.array([0, 1] * 3, np.int16), np.array([f"face{i}" for i in range(N)])
    splits, votes = np.array(["train"] * 4 + ["val"] * 2), np.ones((N, 2), np.uint8)
    return store.save(Faces("bad", images, labels, ids, splits, ("happy", "sad"), votes, ("yes", "no")))


def put(key: str, value: object) -> Change:
    """Put another value in the place of a part."""

    def change(file: h5py.File) -> None:
        del file[key]
        file[key] = value

    return change


def strings(key: str, values: list[object], **options: object) -> Change:
    def change(file: h5py.File) -> None:
        del file[key]
        file.create_dataset(key, data=values, dtype=h5py.string_dtype(), **options)

    return change


def declare(key: str, shape: tuple[int, ...], kind: str = "u1", **options: object) -> Change:
    """A part of that shape of which nothing is written."""

    def change(file: h5py.File) -> None:
        del file[key]
        file.create_dataset(key, shape, kind, **options)

    return change


def attribute(key: str, value: object) -> Change:
    def change(file: h5py.File) -> None:
        del file.attrs[key]
        if value is not None:
            file.attrs[key] = value

    return change


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((N, 8, 8), "u1")
    layout[:] = h5py.VirtualSource("other.h5", "images", (N, 8, 8))
    del file["images"]
    file.create_virtual_dataset("images", layout)


def vlen_numbers(file: h5py.File) -> None:
    del file["labels"]
    file.create_dataset("labels", (N,), h5py.vlen_dtype(np.int16))


def shared_string(file: h5py.File) -> None:
    """Ids that all refer to one long string."""
    del file["ids"]
    file.create_dataset("ids", data=["x" * 900] + ["y"] * (N - 1), dtype=h5py.string_dtype())
    at = file["ids"].id.get_offset()
    file.close()
    name = Path(os.environ["FERKIT_DATA"]) / "bad.h5"
    content = bytearray(name.read_bytes())
    reference = content[at : at + 16]
    reference[:4] = (2**31).to_bytes(4, "little")
    content[at : at + 16 * N] = bytes(reference) * N
    name.write_bytes(content)


HOSTILE: dict[str, tuple[Change, str]] = {
    "float labels": (put("labels", np.zeros(N)), "labels holds float64, expected whole numbers"),
    "two-dimensional labels": (put("labels", np.zeros((N, 2), np.int16)), "labels have 2 dimensions"),
    "labels of one number": (put("labels", np.int16(1)), "bad.h5"),
    "text labels": (strings("labels", ["happy"] * N), "expected whole numbers"),
    "lists as labels": (vlen_numbers, "expected whole numbers"),
    "labels too large": (put("labels", np.full(N, 7)), "labels reach from 7 to 7, expected 0 to 1"),
    "labels below 0": (put("labels", np.full(N, -1)), "labels reach from -1"),
    "labels beyond 64 bits": (put("labels", np.full(N, 2**64 - 1, np.uint64)), "labels reach from"),
    "true and false as labels": (put("labels", np.zeros(N, bool)), "expected whole numbers"),
    "images of 0 pixels": (put("images", np.zeros((N, 0, 0), np.uint8)), "images have 0 pixels a side"),
    "images of 2 pixels": (put("images", np.zeros((N, 2, 2), np.uint8)), "images have 2 pixels a side"),
    "images that are no squares": (put("images", np.zeros((N, 8, 9), np.uint8)), "expected uint8"),
    "images of two channels": (put("images", np.zeros((N, 8, 8, 2), np.uint8)), "expected uint8"),
    "images in a row": (put("images", np.zeros((N, 64), np.uint8)), "expected uint8"),
    "images of 16 bits": (put("images", np.zeros((N, 8, 8), np.uint16)), "images are uint16"),
    "float images": (put("images", np.zeros((N, 8, 8))), "images holds float64"),
    "no faces": (put("images", np.zeros((0, 8, 8), np.uint8)), "holds no face"),
    "fewer images": (put("images", np.zeros((N - 1, 8, 8), np.uint8)), "different lengths"),
    "float groups": (put("groups", np.zeros(N)), "groups holds float64"),
    "groups out of range": (put("groups", np.full(N, 99)), "groups point to"),
    "groups below 0": (put("groups", np.full(N, -1)), "groups point to"),
    "groups that go round": (put("groups", np.array([1, 0, 2, 3, 4, 5])), "groups point to"),
    "groups in a table": (put("groups", np.zeros((N, 1), int)), "groups have 2 dimensions"),
    "votes of another length": (put("votes", np.ones((2, 2), np.uint8)), "different lengths"),
    "votes without a column": (put("votes", np.ones((N, 0), np.uint8)), "votes are uint8"),
    "votes in a row": (put("votes", np.ones(N, np.uint8)), "votes are uint8"),
    "float votes": (put("votes", np.ones((N, 2))), "votes holds float64"),
    "names without votes": (lambda file: file.__delitem__("votes"), "vote names and no votes"),
    "duplicate ids": (strings("ids", ["a"] * N), "ids are not all different"),
    "an empty id": (strings("ids", ["", *"abcde"]), "empty or not printable"),
    "ids that steer a terminal": (strings("ids", ["\x1b[2J", *"abcde"]), "empty or not printable"),
    "ids of numbers": (put("ids", np.arange(N)), "expected a list of strings"),
    "ids of bytes that are no text": (put("ids", np.array([b"\xff"] * N)), "bad.h5"),
    "ids in a table": (strings("ids", [[c] for c in "abcdef"]), "expected a list of strings"),
    "an endless id": (strings("ids", ["x" * 5000, *"abcde"]), "strings of 5,000 bytes"),
    "ids that share a string": (shared_string, "longer than the file"),
    "ids in chunks": (strings("ids", list("abcdef"), chunks=(2,)), "stored in chunks"),
    "an unknown split": (strings("splits", ["training"] * N), "a split is none of"),
    "a dataset of 9 GB": (declare("images", (4_000_000, 48, 48)), r"declares 9\.22 GB and holds 0 bytes"),
    "a dataset of 1 TB": (declare("images", (10**12,)), "declares 1,000 GB and holds 0 bytes"),
    "a dataset beyond 64 bits": (declare("images", (2**31, 2**31, 2**20), chunks=(1, 1, 1)), "declares"),
    "labels of 1 TB in chunks": (declare("labels", (10**12,), "i2", chunks=(1000,)), "declares 2,000 GB"),
    "one chunk of 1 GB": (declare("labels", (N,), "i2", chunks=(2**29,), maxshape=(None,)), "declares"),
    "a compressed part": (declare("images", (N, 8, 8), compression="gzip", fillvalue=1), "is compressed"),
    "a filter of its own": (declare("images", (N, 8, 8), compression="lzf", shuffle=True), "is compressed"),
    "an empty part": (put("images", h5py.Empty("u1")), "images is not an array"),
    "a group as part": (lambda file: (file.__delitem__("images"), file.create_group("images")), "is not an array"),
    "a part missing": (lambda file: file.__delitem__("labels"), "has no labels"),
    "a link out": (put("images", h5py.ExternalLink("other.h5", "images")), "is a link"),
    "a link to itself": (put("images", h5py.SoftLink("/images")), "is a link"),
    "a virtual dataset": (virtual, "is stored in another file"),
    "external storage": (
        declare("images", (N, 8, 8), external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)]),
        "is stored in another file",
    ),
    "another format": (attribute("format", 99), "format 99, expected 1"),
    "no format": (attribute("format", None), "no attribute format"),
    "a format in words": (attribute("format", "one"), "expected a whole number"),
    "many formats": (attribute("format", [1, 1]), "expected at most 1 values"),
    "classes of numbers": (attribute("classes", [1, 2]), "not a list of strings"),
    "classes as one word": (attribute("classes", "happy"), "not a list of strings"),
    "classes of one name": (attribute("classes", ["happy", "happy"]), "not all different"),
    "no classes": (attribute("classes", np.zeros(0)), "names no class"),
    "classes in a table": (attribute("classes", np.zeros((2, 2))), "has the shape"),
    "too many classes": (attribute("classes", [str(i) for i in range(1001)]), "expected at most 1000"),
    "a class that steers a terminal": (attribute("classes", ["\x1b[31m", "sad"]), "not printable"),
    "an empty attribute": (attribute("classes", h5py.Empty("S3")), "has the shape None"),
    "a vote name too few": (attribute("vote_names", ["yes"]), "a column per name"),
    "a number as fingerprint": (attribute("fingerprint", 3), "expected a string"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_store_gives_one_message(kind: str, path: Path) -> None:
    change, message = HOSTILE[kind]
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(DataError, match=message) as caught:
        store.load("bad")
    message = str(caught.value)
    assert message.startswith("bad.h5 ") and message.endswith("Import the dataset again.")
    assert message.isprintable() and len(message) < 300


def test_a_good_store_is_read(path: Path) -> None:
    assert len(store.load("bad")) == N and store.load("bad").vote_names == ("yes", "no")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no store"),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
        lambda path: os.truncate(path, 0) or os.truncate(path, 2**40),
    ],
    ids=["empty", "text", "cut short", "folder", "pipe", "device", "holes"],
)
def test_a_file_that_is_not_a_store_gives_one_message(spoil: Callable[[Path], object], path: Path) -> None:
    spoil(path)
    with pytest.raises(DataError, match=r"^bad\.h5 is (cut short|not a file)"):
        store.load("bad")


def test_a_file_of_holes_is_refused(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        declare("images", (2**19, 32, 32))(file)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        h5py.h5d.create(file.id, b"room", h5py.h5t.STD_U8LE, h5py.h5s.create_simple((2**29,)), dcpl=plist)
    assert path.stat().st_size > 2**29
    with pytest.raises(DataError, match=r"claims 537 MB and takes up"):
        store.load("bad")


def test_nothing_declared_is_allocated(path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with h5py.File(path, "r+") as file:
        HOSTILE["a dataset of 9 GB"][0](file)
    with pytest.raises(DataError):
        store.load("bad")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_bad_store_is_one_line_of_the_list(path: Path) -> None:
    (path.parent / "un\udcffnamed.h5").write_bytes(b"")
    good = store.load("bad")
    store.save(Faces("good", good.images, good.labels, good.ids, good.splits, good.classes))
    with h5py.File(path, "r+") as file:
        HOSTILE["float labels"][0](file)
    done = CliRunner().invoke(cli_data.app, ["list"], env={"COLUMNS": "120"})
    assert done.exit_code == 0 and "8x8 gray" in done.stdout
    assert done.stdout.count("unreadable") == 1 and "bad.h5 is cut short" in done.stdout.splitlines()[-1]
