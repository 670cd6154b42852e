"""Training faces without duplicates and without non-faces."""

from dataclasses import replace

import numpy as np

from ferkit.data.faces import Faces
from ferkit.train.duplicates import without_duplicates


def test_dropping_duplicates_keeps_one_of_each_group_and_no_non_face() -> None:
    images = np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4)
    images[3] = images[1]
    faces = Faces(
        "f", images, np.zeros(5, np.int16), np.array(list("abcde")), np.array(["train"] * 5), ("x",),
        votes=np.array([[9, 1], [5, 5], [4, 6], [9, 1], [0, 0]], np.uint8), vote_names=("x", "NF"),
    )  # fmt: skip
    assert without_duplicates(faces).ids.tolist() == ["a", "b", "e"]
    assert without_duplicates(replace(faces, votes=None, vote_names=())).ids.tolist() == ["a", "b", "c", "e"]
