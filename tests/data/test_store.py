"""The HDF5 store: what is saved is loaded, and broken files are refused with one message."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import DataError, FerkitError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    return tmp_path


def faces(channels: int = 1, seed: int = 0) -> Faces:
    shape = (6, 8, 8) if channels == 1 else (6, 8, 8, 3)
    images = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    ids = np.array([f"train/happy/é{i}.jpg" for i in range(6)])
    splits = np.array(["train", "train", "train", "train", "val", "val"])
    votes = np.arange(12, dtype=np.uint8).reshape(6, 2)
    return Faces(
        "tiny", images, np.array([0, 1, 0, 1, 0, 1], np.int16), ids, splits, ("happy", "très sad"), votes, ("yes", "no")
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_saved_is_loaded_bit_for_bit(channels: int) -> None:
    given = faces(channels)
    path = store.save(given)
    got = store.load("tiny")
    assert path == store.path_of("tiny") and store.names() == ["tiny"]
    for key in ("images", "labels", "ids", "splits", "votes", "groups", "leaked"):
        assert (getattr(got, key) == getattr(given, key)).all(), key
        assert getattr(got, key).dtype.kind == getattr(given, key).dtype.kind, key
    assert (got.classes, got.vote_names, got.fingerprint) == (given.classes, given.vote_names, given.fingerprint)


def test_without_votes_there_are_none() -> None:
    given = faces()
    store.save(Faces(given.name, given.images, given.labels, given.ids, given.splits, given.classes))
    assert store.load("tiny").votes is None and store.load("tiny").vote_names == ()


def test_describe_is_plain_and_complete() -> None:
    store.save(faces(3))
    described = store.describe("tiny")
    assert (described["n"], described["size"], described["channels"], described["votes"], described["classes"]) == (
        6,
        8,
        3,
        True,
        ["happy", "très sad"],
    )
    assert described["counts"] == {"train": {"happy": 2, "très sad": 2}, "val": {"happy": 1, "très sad": 1}}


def test_a_missing_dataset_names_those_there() -> None:
    store.save(faces())
    with pytest.raises(DataError, match=r"No dataset 'other'.*there: tiny"):
        store.load("other")


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", ".hidden", "", "a/b"])
def test_a_name_cannot_climb_out(name: str) -> None:
    with pytest.raises(DataError, match="A dataset name must be"):
        store.path_of(name)


def test_what_cannot_be_loaded_is_not_saved(folder: Path) -> None:
    given = faces()
    with pytest.raises(DataError, match="tiny is not stored: images have 4 pixels a side"):
        store.save(replace(given, images=given.images[:, ::2, ::2]))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_file_cut_short_is_refused(share: float) -> None:
    path = store.save(faces())
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DataError, match=r"tiny.h5 is cut short or not a ferkit data store"):
        store.load("tiny")


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_in_hdf5(*_: object, **__: object) -> None:
    raise RuntimeError(
        "Can't decrement id ref count (file write failed: \n errno = 28, "
        "error message = 'No space left on device', buf = 0x1)"
    )


@pytest.mark.parametrize("where", ["create", "close", "replace"])
def test_a_full_disk_leaves_the_old_dataset_and_nothing_half_written(
    where: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(faces(seed=0))
    with monkeypatch.context() as patched:
        if where == "replace":
            patched.setattr(os, "replace", full)
        else:
            patched.setattr(h5py.Group, "create_dataset", full if where == "create" else full_in_hdf5)
        with pytest.raises(FerkitError, match=r"Could not write tiny.h5: No space left on device\. Free some space"):
            store.save(faces(seed=1))
    assert [p.name for p in folder.iterdir()] == ["tiny.h5"]
    assert store.load("tiny").fingerprint == faces(seed=0).fingerprint


def test_too_little_space_is_reported_before_the_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DataError, match="Free some space"):
        store.save(faces())
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_gives_one_message(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").write_text("in the way")
    monkeypatch.setenv("FERKIT_DATA", str(folder / "file"))
    with pytest.raises(DataError, match="Set FERKIT_DATA"):
        store.save(faces())


def test_votes_are_read_without_the_images(faces: Faces) -> None:
    store.save(faces)
    assert store.votes(faces.name) is None
    counts = np.random.default_rng(0).integers(0, 9, (len(faces), 2)).astype(np.uint8)
    store.save(replace(faces, votes=counts, vote_names=("glad", "odd")))
    read = store.votes(faces.name)
    assert read is not None and read.names == ("glad", "odd") and read.classes == faces.classes
    np.testing.assert_array_equal(read.votes, counts)
    assert read.splits.tolist() == faces.splits.tolist() and read.labels.tolist() == faces.labels.tolist()
    assert read.leaked.tolist() == faces.leaked.tolist()


def test_broken_votes_are_one_sentence(faces: Faces) -> None:
    store.save(replace(faces, votes=np.zeros((len(faces), 1), np.uint8), vote_names=("glad",)))
    with h5py.File(store.path_of(faces.name), "a") as file:
        del file["votes"]
        file["votes"] = np.zeros((3, 1), np.uint8)
    with pytest.raises(DataError, match="different lengths"):
        store.votes(faces.name)
    with pytest.raises(DataError, match="No dataset 'nope'"):
        store.votes("nope")
