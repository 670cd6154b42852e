"""A dataset in memory: selection, identical faces, stratified draws."""

from dataclasses import replace

import numpy as np
import pytest

from ferkit.data.faces import Faces, identical_groups, stratified
from ferkit.errors import DataError

SPLITS = np.array(["train", "train", "train", "val", "val", "test"])


def faces(splits: np.ndarray = SPLITS) -> Faces:
    """Six faces: 3 is pixel-identical to 0, 2 to 1, and 5 to 4."""
    images = np.random.default_rng(0).integers(0, 256, (3, 4, 4), dtype=np.uint8)
    ids = np.array([f"face{i}" for i in range(6)])
    return Faces(
        "six", images[[0, 1, 1, 0, 2, 2]], np.array([0, 1, 1, 0, 1, 1], np.int16), ids, splits, ("calm", "glad")
    )


def test_groups_name_the_first_identical_face() -> None:
    assert faces().groups.tolist() == [0, 1, 1, 0, 4, 4]


def test_one_differing_pixel_makes_another_group() -> None:
    images = np.zeros((2, 4, 4), np.uint8)
    images[1, 3, 3] = 1
    assert identical_groups(images).tolist() == [0, 1]


def test_leaked_faces_are_outside_train_with_pixels_in_train() -> None:
    assert faces().leaked.tolist() == [False, False, False, True, False, False]


def test_select_keeps_groups_and_fingerprint_of_all_faces() -> None:
    part = faces().split("val")
    assert part.ids.tolist() == ["face3", "face4"]
    assert part.leaked.tolist() == [True, False]  # although no training face is left in the part
    assert part.fingerprint == faces().fingerprint


def test_counts_and_duplicates_by_hand() -> None:
    assert faces().counts() == {
        "train": {"calm": 1, "glad": 2},
        "val": {"calm": 1, "glad": 1},
        "test": {"calm": 0, "glad": 1},
    }
    assert faces().duplicates() == {
        "train with a duplicate": 3,
        "val with a duplicate": 2,
        "test with a duplicate": 1,
        "val also in train": 1,
    }


def test_an_absent_split_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="no 'test' split; it has train, val"):
        faces(np.array(["train"] * 4 + ["val"] * 2)).split("test")
    assert len(faces().split("all")) == 6


def test_fingerprint_follows_pixels_labels_splits_and_classes() -> None:
    first, moved = faces(), faces(np.roll(SPLITS, 1))
    new = {"groups": np.empty(0, np.int32), "fingerprint": ""}
    renamed = replace(first, classes=("calm", "happy"), **new)
    darker = replace(first, images=first.images // 2, **new)
    relabelled = replace(first, labels=1 - first.labels, **new)
    assert len({f.fingerprint for f in (first, moved, renamed, darker, relabelled)}) == 5
    assert faces().fingerprint == first.fingerprint


def test_size_and_channels_come_from_the_images() -> None:
    colour = Faces(
        "c", np.zeros((1, 9, 9, 3), np.uint8), np.zeros(1, np.int16), np.array(["a"]), np.array(["train"]), ("x",)
    )
    assert (faces().size, faces().channels, colour.size, colour.channels) == (4, 1, 9, 3)


def test_stratified_takes_the_share_of_every_class_and_is_seeded() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 3])
    chosen = stratified(labels, 0.1, seed=1)
    assert np.bincount(labels[chosen]).tolist() == [10, 5, 1]
    assert (chosen == stratified(labels, 0.1, seed=1)).all()
    assert (chosen != stratified(labels, 0.1, seed=2)).any()


def test_stratified_leaves_the_only_face_of_a_class() -> None:
    assert stratified(np.array([0, 0, 1]), 0.9, seed=0).tolist().count(True) == 1


def test_stratified_keeps_groups_on_one_side_even_across_classes() -> None:
    labels = np.array([0, 1] * 30)
    groups = np.repeat(np.arange(20), 3)  # three identical faces each, under both labels
    chosen = stratified(labels, 0.2, 0, groups)
    assert 0 < chosen.sum() < len(labels)
    assert not np.isin(groups[chosen], groups[~chosen]).any()


def test_classes_that_share_pictures_do_not_take_each_others_last_one() -> None:
    labels, groups = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])  # two images, each under both labels
    for seed in range(10):
        chosen = stratified(labels, 0.5, seed, groups)
        assert np.bincount(labels[~chosen], minlength=2).tolist() == [1, 1]


def test_the_only_picture_of_a_class_is_not_taken_by_another_class() -> None:
    labels, groups = np.array([0, 0, 0, 1]), np.array([0, 0, 2, 0])
    for seed in range(10):
        assert stratified(labels, 0.5, seed, groups).tolist() == [False, False, True, False]
