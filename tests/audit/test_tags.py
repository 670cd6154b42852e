"""Tags: each one held to a case counted by hand; those whose needs are not met are left out."""

import numpy as np
import pytest

from ferkit.audit import crowd
from ferkit.audit.label_issues import find
from ferkit.audit.tags import TAGS, Known, compute, neighbours_differ

LABELS = np.array([0, 0, 1, 2])
PROBABILITIES = np.array([[0.95, 0.03, 0.02], [0.04, 0.95, 0.01], [0.45, 0.4, 0.15], [0.5, 0.3, 0.2]])
VOTES = np.array([[9, 1, 0], [2, 8, 0], [4, 3, 3], [0, 0, 0]])


def chosen(tags: dict[str, np.ndarray], name: str) -> list[int]:
    return np.flatnonzero(tags[name]).tolist()


def test_predictions_alone() -> None:
    tags = compute(Known(LABELS, PROBABILITIES))
    assert list(tags) == ["confident and wrong", "second guess right", "unsure", "suspect label"]
    assert chosen(tags, "confident and wrong") == [1]
    assert chosen(tags, "second guess right") == [1, 2]
    assert chosen(tags, "unsure") == [2]
    assert chosen(tags, "suspect label") == np.flatnonzero(find(LABELS, PROBABILITIES).suspect).tolist() == [1, 3]
    assert compute(Known(LABELS[:0], PROBABILITIES[:0]))["suspect label"].tolist() == []


def test_other_runs() -> None:
    others = {"b": np.array([0, 2, 1, 1]), "c": np.array([0, 1, 1, -1]), "never": np.full(4, -1)}
    tags = compute(Known(LABELS, PROBABILITIES, others=others))
    assert chosen(tags, "all runs wrong") == [1]  # the last face was not scored by c
    assert chosen(tags, "only this run wrong") == [2]
    assert chosen(tags, "runs disagree") == [1, 2, 3]
    assert "runs disagree" not in compute(Known(LABELS, PROBABILITIES, others={"never": np.full(4, -1)}))


def test_the_crowd() -> None:
    voted = crowd.of(VOTES, ("a", "b", "c"), ("a", "b", "c"))
    tags = compute(Known(LABELS, PROBABILITIES, crowd=voted))
    assert chosen(tags, "crowd disagrees") == [1, 2]
    assert chosen(tags, "crowd unsure") == [2]
    assert chosen(tags, "people err too") == [1, 2]
    assert chosen(tags, "only the model errs") == []
    tags = compute(Known(np.array([1, 1, 1, 1]), PROBABILITIES[[1, 0, 3, 3]], crowd=voted))
    assert chosen(tags, "people err too") == [1, 2] and chosen(tags, "only the model errs") == []


@pytest.mark.parametrize(
    ("neighbours", "label", "differ"),
    [
        ([1, 1, 1, 0], 0, True),  # three of four
        ([1, 1, 0, 0], 0, False),  # no majority
        ([1, 2, 3, 4], 0, False),
        ([0, 0, 0, 1], 0, False),
    ],
)
def test_neighbours_of_another_class(neighbours: list[int], label: int, differ: bool) -> None:
    assert neighbours_differ(np.array([label]), np.array([neighbours])).tolist() == [differ]


def test_what_is_given_is_passed_on() -> None:
    given = np.array([True, False, True, False])
    names = ("far", "leaked", "near_duplicate", "dark", "bright", "blurred", "noted")
    tags = compute(Known(LABELS, PROBABILITIES, **dict.fromkeys(names, given)))
    for name in ("far from training", "exact copy in train", "near duplicate", "dark", "bright", "blurred", "noted"):
        assert tags[name].tolist() == given.tolist()


def test_every_tag_says_what_it_means() -> None:
    fields = set(Known.__dataclass_fields__) | {"table", ""}
    for name, tag in TAGS.items():
        assert tag.name == name and tag.meaning.endswith(".") and tag.needs in fields
