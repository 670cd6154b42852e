"""Images that stay in their file: the same faces as in memory, copied only where they must be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ferkit.data import mapped, store
from ferkit.data.importing import import_faces
from ferkit.data.synthetic import draw


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mapped, "MAPPED", 10_000)
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))


@pytest.mark.usefixtures("small")
def test_a_large_store_stays_in_its_file_and_holds_the_same() -> None:
    faces = draw(90)
    store.save(faces)
    loaded = store.load(faces.name)
    assert isinstance(loaded.images, np.memmap) and not loaded.images.flags.writeable
    assert np.array_equal(loaded.images, faces.images) and loaded.fingerprint == faces.fingerprint


@pytest.mark.usefixtures("small")
def test_a_split_in_one_piece_is_no_copy_and_one_with_gaps_is() -> None:
    drawn = draw(90)
    faces = replace(drawn, splits=np.sort(drawn.splits), leaked=np.empty(0, bool), fingerprint="")
    store.save(faces)
    loaded = store.load(faces.name)
    for name in np.unique(faces.splits):
        part = loaded.split(name)
        assert np.shares_memory(part.images, loaded.images)
        assert np.array_equal(part.images, faces.split(name).images) and np.array_equal(part.ids, faces.split(name).ids)
    gaps = loaded.select(np.array([0, 2, 5]))
    assert not np.shares_memory(gaps.images, loaded.images)
    assert np.array_equal(gaps.images, loaded.images[[0, 2, 5]])


@pytest.mark.usefixtures("small")
def test_an_import_of_a_large_table_is_piled_in_a_file(tmp_path: Path) -> None:
    faces = draw(60)
    rows = [
        f"{label},{' '.join(map(str, image.ravel()))},{'Training' if i % 3 else 'PublicTest'}"
        for i, (label, image) in enumerate(zip(faces.labels, faces.images, strict=True))
    ]
    table = tmp_path / "fer2013.csv"
    table.write_text("emotion,pixels,Usage\n" + "\n".join(rows) + "\n")
    found = import_faces(table, "piled").faces
    assert isinstance(found.images, np.memmap) and np.array_equal(found.images, faces.images)
    assert np.array_equal(store.load("piled").images, faces.images)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fer2013.csv", "piled.h5"]


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (np.array([False, True, True, False]), slice(1, 3)),
        (np.array([2, 3, 4]), slice(2, 5)),
        (np.array([True, False, True]), None),
        (np.array([3, 2, 4]), None),
        (np.array([0, 0, 2]), None),
        (np.zeros(3, bool), None),
    ],
)
def test_one_run(keep: np.ndarray, expected: slice | None) -> None:
    assert mapped.one_run(keep) == expected


def test_room_is_memory_for_few_and_a_nameless_file_for_many(small: None, tmp_path: Path) -> None:
    few, many = mapped.room((10, 8, 8)), mapped.room((200, 8, 8))
    assert not isinstance(few, np.memmap) and isinstance(many, np.memmap)
    many[199] = 7
    assert many[199].sum() == 7 * 64 and not list(tmp_path.iterdir())
