"""Folders and zips as users have them: layouts, splits, what cannot be trained on."""

import errno
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ferkit.data import store
from ferkit.data.importing import ImportReport, import_faces


def ids_of(report: ImportReport, split: str) -> list[str]:
    return report.faces.split(split).ids.tolist()


@pytest.mark.parametrize("pack", ["zip", "folder"])
@pytest.mark.parametrize("prefix", ["", "archive/", "a/b/"])
def test_a_zip_and_its_unpacked_folder_give_the_same_dataset(pack: str, prefix: str, folder: Path, make: Any) -> None:
    report = import_faces(getattr(make, pack)(folder / "in.zip", make.splits(prefix=prefix)), "x")
    assert report.faces.classes == ("Happy", "sad")
    assert report.faces.counts() == {split: {"Happy": 3, "sad": 3} for split in ("train", "val", "test")}
    assert ids_of(report, "val")[0] == "val/Happy/0.png"
    assert report.skipped == () and report.notes == ()
    again = store.load("x")
    assert again.fingerprint == report.faces.fingerprint and report.path == store.path_of("x")
    first = int(np.flatnonzero(again.ids == "train/sad/0.png")[0])
    assert (again.images[first] == np.array(Image.open(io.BytesIO(make.png(0))))).all()


def test_synonyms_of_the_splits(folder: Path, make: Any) -> None:
    report = import_faces(make.folder(folder / "in", make.splits(splits=("Training", "valid", "Testing"))), "x")
    assert {split: sum(n.values()) for split, n in report.faces.counts().items()} == {"train": 6, "val": 6, "test": 6}


def test_fer2013_names_overrule_the_folder(folder: Path, make: Any) -> None:
    files = make.splits(splits=("train",))
    files |= {
        f"test/{label}/{kind}_{i}.jpg": make.png(90 + i, kind="JPEG")
        for label in ("sad", "Happy")
        for i, kind in enumerate(("PublicTest", "PrivateTest"))
    }
    report = import_faces(make.zip(folder / "fer.zip", files), "x")
    assert ids_of(report, "val") == ["test/Happy/PublicTest_0.jpg", "test/sad/PublicTest_0.jpg"]
    assert ids_of(report, "test") == ["test/Happy/PrivateTest_1.jpg", "test/sad/PrivateTest_1.jpg"]


def test_class_folders_alone_are_split_with_a_seed(folder: Path, make: Any) -> None:
    files = {f"{label}/{i}.png": make.png(100 * k + i) for k, label in enumerate(("a", "b")) for i in range(50)}
    source = make.folder(folder / "in", files)
    first, same, other = (import_faces(source, name, seed=seed) for name, seed in (("x", 1), ("y", 1), ("z", 2)))
    assert first.faces.counts() == {"train": {"a": 40, "b": 40}, "val": {"a": 5, "b": 5}, "test": {"a": 5, "b": 5}}
    assert (first.faces.splits == same.faces.splits).all() and (first.faces.splits != other.faces.splits).any()
    assert "No split in the source" in first.notes[0]


def test_a_drawn_val_split_shares_no_image_with_train(folder: Path, make: Any) -> None:
    files = {
        f"train/{label}/{i}.png": make.png(1000 * k + i // 2) for k, label in enumerate(("a", "b")) for i in range(40)
    }
    files |= {f"test/{label}/0.png": make.png(5000) for label in ("a", "b")}
    report = import_faces(make.folder(folder / "in", files), "x")
    assert report.faces.counts()["val"] == {"a": 4, "b": 4}
    assert not report.faces.leaked.any()
    assert "10% of train drawn" in report.notes[0]


def test_subset_keeps_a_share_of_every_split_and_class(folder: Path, make: Any) -> None:
    report = import_faces(make.folder(folder / "in", make.splits(per_class=10)), "x", subset=0.2)
    assert report.faces.counts() == {split: {"Happy": 2, "sad": 2} for split in ("train", "val", "test")}
    assert "12 of 60 faces kept" in report.notes[0]


def test_nested_folders_below_a_class_belong_to_it(folder: Path, make: Any) -> None:
    files = {f"train/{label}/session {i}/face.png": make.png(i) for label in ("a", "b") for i in range(3)}
    assert import_faces(make.folder(folder / "in", files), "x").faces.classes == ("a", "b")


def test_what_a_file_system_leaves_is_ignored_and_other_files_are_named(folder: Path, make: Any) -> None:
    files = make.splits() | {"__MACOSX/train/sad/._0.png": b"x", "train/sad/.DS_Store": b"x", "train/Thumbs.db": b"x"}
    files |= {"readme.txt": b"hello", "train/loose.png": make.png(), "extra/sad/0.png": make.png()}
    report = import_faces(make.zip(folder / "in.zip", files), "x")
    assert {(s.name, s.reason) for s in report.skipped} == {
        ("readme.txt", "not an image"),
        ("train/loose.png", "in no class folder"),
        ("extra/sad/0.png", "in no class folder"),
    }


def test_names_from_outside_are_made_printable(folder: Path, make: Any) -> None:
    source = make.zip(
        folder / "in.zip", {f"train\\{label}\\{i}.png": make.png(i) for label in ("a", "b\x07") for i in range(3)}
    )
    assert import_faces(source, "x").faces.classes == ("a", r"b\x07")


def test_progress_runs_to_the_end_about_a_hundred_times(folder: Path, make: Any) -> None:
    seen: list[tuple[int, int]] = []
    import_faces(
        make.folder(folder / "in", make.splits(per_class=50)),
        "x",
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (300, 300) and len(seen) <= 101
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_empty_folder_or_zip_is_refused(folder: Path, make: Any) -> None:
    (folder / "in" / "train" / "sad").mkdir(parents=True)
    make.refused(folder / "in", "in has no image and no CSV")
    make.refused(make.zip(folder / "in.zip", {}), "has no image and no CSV")


def test_images_without_class_folders_are_refused(folder: Path, make: Any) -> None:
    make.refused(make.folder(folder / "in", {"a.png": make.png(), "b.png": make.png()}), "lies in a class folder")


def test_a_single_class_is_refused(folder: Path, make: Any) -> None:
    make.refused(
        make.folder(folder / "in", {f"train/sad/{i}.png": make.png(i) for i in range(9)}), "Only one class was found"
    )


def test_a_class_without_a_training_face_is_refused(folder: Path, make: Any) -> None:
    make.refused(
        make.folder(folder / "in", make.splits() | {"test/angry/0.png": make.png()}),
        "There is no training face of the class 'angry'",
    )
    make.refused(
        make.folder(folder / "two", make.splits() | {"train/angry/0.png": b""}),
        "There is no training face of the class 'angry'",
    )
    make.refused(make.folder(folder / "three", make.splits(splits=("test",))), "There are no training faces")


def test_a_missing_source_or_unknown_kind_is_refused(folder: Path, make: Any) -> None:
    make.refused(folder / "nowhere.zip", "There is no file or folder")
    (folder / "x.rar").write_bytes(b"Rar!")
    make.refused(folder / "x.rar", "unknown kind")


def test_too_many_classes_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    monkeypatch.setattr("ferkit.data.importing.MAX_CLASSES", 1)
    make.refused(make.folder(folder / "in", make.splits()), "2 class folders; expected at most 1")


def test_a_full_disk_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, make: Any) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    make.refused(make.folder(folder / "in", make.splits()), "No space left on device")


def test_a_folder_that_cannot_be_listed_is_refused(folder: Path, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make.folder(folder / "in", make.splits())
    real = os.scandir

    def closed(path: str) -> Any:
        if str(path).endswith("sad"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    make.refused(source, "cannot be listed")
