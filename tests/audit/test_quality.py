"""Planted issues are found, and nearly nothing else."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pandas as pd

from ferkit.audit.columns import ISSUES
from ferkit.audit.properties import properties
from ferkit.audit.quality import issues
from ferkit.data.faces import Faces
from tests.audit.drawn import drawn
from tests.audit.test_duplicates import dataset


@cache
def planted() -> tuple[Faces, pd.DataFrame]:
    """Faces with one issue each in the first six, and their properties."""
    rng = np.random.default_rng(0)
    images = drawn(400).images
    images[0] = (0.25 * images[0]).astype(np.uint8)
    images[1] = 255 - (0.15 * images[1]).astype(np.uint8)
    images[2] = 120 + (0.08 * images[2]).astype(np.uint8)
    images[3] = cv2.GaussianBlur(images[3], (0, 0), 3)
    images[4] = 255 * (rng.random((48, 48)) > 0.5)
    images[5] = 200
    return dataset(images), properties(images)


def test_each_planted_issue_is_found() -> None:
    found = issues(*planted())
    assert list(found) == list(ISSUES) and set(found.dtypes) == {np.dtype(bool)}
    for row, name in enumerate(("dark", "bright", "low contrast", "blurred", "odd", "not a face")):
        assert found[name][row], name
    assert found["low contrast"][5] and not found["blurred"][5] and not found["dark"][5]
    assert found.iloc[6:][["bright", "blurred", "odd", "not a face"]].to_numpy().mean() < 0.02


def test_voters_decide_what_is_a_face_where_they_voted() -> None:
    faces, measured = planted()
    votes = np.zeros((400, 3), np.uint8)
    votes[:, 0] = 10
    votes[7] = (5, 0, 5)
    votes[5] = 0  # nobody voted: by its pixels
    found = issues(replace(faces, votes=votes, vote_names=("happy", "sad", "NF")), measured)
    assert np.flatnonzero(found["not a face"]).tolist() == [5, 7]
    other = issues(replace(faces, votes=votes, vote_names=("happy", "sad", "unknown")), measured)
    assert other["not a face"][5] and not other["not a face"][7]


def test_colour_and_few_faces() -> None:
    few = dataset(drawn(6, size=64, colour=True).images)
    found = issues(few, properties(few.images))
    assert found.shape == (6, len(ISSUES)) and not found["blurred"].any()
