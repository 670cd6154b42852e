"""Two datasets face by face: a planted change of each kind is found, and nothing else."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from ferkit.data.difference import difference
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from tests.untrained import noise


def changed(faces: Faces, **parts: np.ndarray | tuple[str, ...]) -> Faces:
    """With other parts; groups, leaks and fingerprint are made anew."""
    none = {"groups": np.empty(0, np.int32), "leaked": np.empty(0, bool), "fingerprint": ""}
    return replace(faces, **none | parts)


def only(found: object, *kinds: str) -> bool:
    names = ("removed", "added", "relabelled", "moved")
    return {name for name in names if len(getattr(found, name))} == set(kinds)


def test_a_dataset_does_not_differ_from_itself_in_another_order() -> None:
    faces = noise()
    order = np.random.default_rng(1).permutation(len(faces))
    parts = {name: getattr(faces, name)[order] for name in ("images", "labels", "ids", "splits")}
    assert only(difference(faces, changed(faces, **parts)))
    assert difference(faces, faces).same and not difference(faces, changed(faces, **parts)).same


def test_each_kind_of_change_is_found() -> None:
    faces = noise()
    labels, splits = faces.labels.copy(), faces.splits.copy()
    labels[3], splits[5] = (labels[3] + 1) % 3, "test"
    found = difference(faces, changed(faces, labels=labels, splits=splits))
    assert only(found, "relabelled", "moved")
    assert found.relabelled.tolist() == [[3, 3]] and found.moved.tolist() == [[5, 5]]
    keep = np.arange(len(faces)) != 7
    without = changed(faces, **{name: getattr(faces, name)[keep] for name in ("images", "labels", "ids", "splits")})
    assert only(difference(faces, without), "removed") and difference(faces, without).removed.tolist() == [7]
    assert only(difference(without, faces), "added") and difference(without, faces).added.tolist() == [7]


def test_twins_are_matched_with_what_changed_least() -> None:
    """Face 0 and the last one have the same pixels; the last one leaves."""
    faces = noise()
    labels = faces.labels.copy()
    labels[0], labels[-1] = 0, 1
    faces = changed(faces, labels=labels)
    keep = np.arange(len(faces)) != 0
    without = changed(faces, **{name: getattr(faces, name)[keep] for name in ("images", "labels", "ids", "splits")})
    found = difference(faces, without)
    assert only(found, "removed") and found.removed.tolist() == [0]


def test_labels_are_compared_by_name() -> None:
    faces = noise()
    renamed = changed(faces, labels=(2 - faces.labels).astype(np.int16), classes=faces.classes[::-1])
    assert only(difference(faces, renamed))


def test_other_sizes_are_refused() -> None:
    with pytest.raises(DataError, match="of one size"):
        difference(noise(size=16), noise(size=24))


def test_the_command_says_it_in_words_and_as_json() -> None:
    faces = noise("one")
    labels = faces.labels.copy()
    labels[3] = (labels[3] + 1) % 3
    store.save(faces)
    store.save(replace(changed(faces, labels=labels), name="two"))
    said = CliRunner().invoke(app, ["data", "diff", "one", "two"])
    assert said.exit_code == 0 and "another label: 1" in said.output and "fingerprints differ" in said.output
    plain = json.loads(CliRunner().invoke(app, ["data", "diff", "one", "two", "--json"]).output)
    assert [row["id"] for row in plain["relabelled"]] == ["one/3"] and plain["removed"] == plain["moved"] == []
