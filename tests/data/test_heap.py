"""Damaged strings: the HDF5 library would walk some of these for ever."""

import struct
from pathlib import Path

import numpy as np
import pytest

from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import DataError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    images = np.frombuffer(b"GCOL\x01\0\0\0" * 48, np.uint8).reshape(6, 8, 8)  # what looks like a heap is none here
    splits = np.array(["train"] * 4 + ["val"] * 2)
    ids = np.array([f"face{i}" for i in range(6)])
    return store.save(Faces("bad", images, np.array([0, 1] * 3, np.int16), ids, splits, ("happy", "sad")))


def heaps(content: bytes) -> list[int]:
    """Where the heaps begin, but for those in the images."""
    return [
        at
        for at in range(0, len(content), 8)
        if content[at : at + 5] == b"GCOL\x01" and content[at + 8 : at + 13] != b"GCOL\x01"
    ]


def objects(content: bytes, heap: int) -> list[int]:
    """Where the objects of a heap begin; the last is its free space."""
    at, places = heap + 16, []
    while True:
        places.append(at)
        index, size = struct.unpack_from("<H6xQ", content, at)
        if not index:
            return places
        at += 16 + -(-size // 8) * 8


def test_images_that_look_like_a_heap_are_images(path: Path) -> None:
    assert len(store.load("bad")) == 6


@pytest.mark.parametrize("size", [0, 2**40, 2**64 - 1])
@pytest.mark.parametrize("which", ["heap", "first object", "free space"])
def test_a_heap_whose_sizes_do_not_add_up_is_refused(which: str, size: int, path: Path) -> None:
    content = bytearray(path.read_bytes())
    heap = heaps(content)[-1]
    walked = objects(content, heap)
    at = {"heap": heap, "first object": walked[0], "free space": walked[-1]}[which]
    if which == "first object" and size == 0:
        content[at : at + 2] = b"\0\0"
    struct.pack_into("<Q", content, at + 8, size)
    path.write_bytes(content)
    with pytest.raises(DataError, match="its strings are damaged"):
        store.load("bad")
