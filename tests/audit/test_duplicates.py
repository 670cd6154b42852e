"""Copies that were cut, lit, mirrored or compressed are found; different faces are not."""

import cv2
import numpy as np
import pytest

from ferkit.audit.duplicates import duplicates
from ferkit.audit.groups import assemble, near_in_train
from ferkit.audit.near import near_pairs
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from tests.audit.drawn import drawn


def moved(image: np.ndarray) -> np.ndarray:
    side = len(image)
    return cv2.warpAffine(image, np.array([[1.0, 0, 1], [0, 1, -1]]), (side, side), borderMode=cv2.BORDER_REPLICATE)


def compressed(image: np.ndarray) -> np.ndarray:
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)


def marked(image: np.ndarray) -> np.ndarray:
    text = cv2.putText(image.copy(), "stock", (2, len(image) // 2), cv2.FONT_HERSHEY_PLAIN, 0.7, (200, 200, 200))
    return cv2.addWeighted(image, 0.7, text, 0.3, 0)


CHANGES = {
    "moved": moved,
    "compressed": compressed,
    "marked": marked,
    "mirrored": lambda image: np.ascontiguousarray(image[:, ::-1]),
    "darker": lambda image: (0.6 * image).astype(np.uint8),
    "scaled": lambda image: cv2.resize(cv2.resize(image, None, fx=0.7, fy=0.7), image.shape[:2]),
}


def dataset(images: np.ndarray, labels: np.ndarray | None = None, splits: np.ndarray | None = None) -> Faces:
    n = len(images)
    return Faces(
        "drawn",
        images,
        np.zeros(n, np.int16) if labels is None else labels,
        np.array([f"{i}.png" for i in range(n)]),
        np.full(n, "train") if splits is None else splits,
        ("happy", "sad"),
    )


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("size", "colour"), [(48, False), (64, True), (32, False)])
def test_a_changed_copy_is_a_near_duplicate(change: str, size: int, colour: bool) -> None:
    images = drawn(200, size=size, colour=colour).images
    copies = np.stack([CHANGES[change](image) for image in images[:20]])
    pairs, correlation = near_pairs(np.concatenate([images, copies]))
    expected = {(i, 200 + i) for i in range(20)}
    found = set(map(tuple, pairs.tolist()))
    assert len(expected & found) >= (18 if size > 32 else 14)  # a pixel is more of a small image
    assert len(pairs) == len(correlation) and (correlation >= 0.92).all()


def test_different_people_are_no_duplicates() -> None:
    pairs, _ = near_pairs(drawn(600, seed=5).images)
    assert len(pairs) <= 6  # of 179,700: drawings are more alike than photographs


def test_blocks_give_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    images = drawn(150).images
    images[100:110] = images[:10]
    whole = near_pairs(images)[0]
    monkeypatch.setattr("ferkit.audit.near.ROWS", 7)
    steps: list[tuple[int, int]] = []
    assert (near_pairs(images, progress=lambda *step: steps.append(step))[0] == whole).all()
    assert steps[-1] == (150, 150) and len(whole) >= 10


def test_groups_say_kind_labels_and_splits() -> None:
    images = drawn(60).images
    images[10] = images[0]  # identical, in another split
    images[20], images[21] = moved(images[1]), images[1]  # nearly so, with another label
    labels = np.zeros(60, np.int16)
    labels[20] = 1
    splits = np.full(60, "train")
    splits[[10, 20]] = "val"
    faces = dataset(images, labels, splits)
    first, second = duplicates(faces)
    assert (first.rows.tolist(), first.kind, first.labels_differ, first.splits) == (
        [1, 20, 21], "near", True, ("train", "val"),
    )  # fmt: skip
    assert (second.rows.tolist(), second.kind, second.labels_differ, second.across) == ([0, 10], "exact", False, True)
    assert np.flatnonzero(near_in_train(faces, [first, second])).tolist() == [20]


def test_flat_images_are_only_exact_duplicates() -> None:
    images = np.concatenate([drawn(10).images, np.full((3, 48, 48), 9, np.uint8), np.full((1, 48, 48), 90, np.uint8)])
    (group,) = duplicates(dataset(images))
    assert group.rows.tolist() == [10, 11, 12] and group.kind == "exact"


def test_neighbours_in_features_are_tried_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferkit.audit.near.CANDIDATE", 2.0)  # the hashes find nothing
    images = drawn(40).images
    images[30] = moved(images[3])
    features = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
    features[30] = features[3] + 0.01
    assert duplicates(dataset(images)) == []
    (group,) = duplicates(dataset(images), features)
    assert group.rows.tolist() == [3, 30]
    with pytest.raises(DataError, match="Expected features of 40 faces, got 39"):
        duplicates(dataset(images), features[:39])
    with pytest.raises(DataError, match="over 0 and up to 1; got 0"):
        duplicates(dataset(images), at_least=0)


def test_disagreement_comes_first_then_size() -> None:
    faces = dataset(drawn(9).images, np.array([0, 0, 0, 0, 0, 0, 1, 0, 0], np.int16))
    member = np.array([0, 0, 0, 3, 3, 5, 5, -8, -9])
    assert [group.rows.tolist() for group in assemble(faces, member)] == [[5, 6], [0, 1, 2], [3, 4]]
