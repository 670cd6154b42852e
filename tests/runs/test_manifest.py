"""The manifest: what run.json may hold, and one message for everything else."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ferkit.errors import RunError
from ferkit.runs import Manifest, upgrade
from ferkit.runs.reading import parse_manifest
from ferkit.text import is_printable
from tests.manifests import manifest, scores

GOOD = manifest(
    scores={"val": scores(("Sad", "Happy"))},
    config={"epochs": 3, "augment": {"flip": 0.5}},
).as_json()


def replaced(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """A copy of a good run.json with another value at `path`."""
    copy = json.loads(json.dumps(GOOD))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return copy


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def test_json_and_back() -> None:
    assert parse_manifest(json.loads(json.dumps(GOOD))) == Manifest(**GOOD)
    assert parse_manifest(GOOD).as_json() == GOOD


def test_it_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        parse_manifest(GOOD).seed = 3


def test_unknown_keys_are_ignored() -> None:
    assert parse_manifest(GOOD | {"weather": [[]]}) == parse_manifest(GOOD)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("classes",), ["a"], "classes"),
        (("classes",), ["a", "a"], "'a' occurs twice"),
        (("classes",), ["a", " "], "should not be blank"),
        (("classes",), ["a", "b\x1b[2J"], "control characters"),
        (("classes",), [f"c{i}" for i in range(1001)], "at most 1000"),
        (("classes",), None, "classes"),
        (("input", "size"), 0, "input.size"),
        (("input", "size"), 100_000, "input.size"),
        (("input", "channels"), 2, "should be 1 or 3, not 2"),
        (("input", "mean"), [0.5, 0.5, 0.5], "one value per channel"),
        (("input", "std"), [0.0], "greater than 0"),
        (("input", "crop"), 9, "crop should be at most the size"),
        (("temperature",), 0, "temperature"),
        (("temperature",), float("inf"), "finite"),
        (("temperature",), None, "temperature"),
        (("scores", "nose"), {}, "scores.nose"),
        (("scores", "val"), {}, "scores.val.n"),
        (("scores", "val", "accuracy"), float("nan"), "finite"),
        (("scores", "val", "accuracy"), "0.5", "scores.val.accuracy"),
        (("scores", "val", "accuracy"), 1.5, "less than or equal to 1"),
        (("scores", "val", "accuracy_interval"), [0.1], "accuracy_interval"),
        (("scores", "val", "per_class"), {"Sad": GOOD["scores"]["val"]["per_class"]["Sad"]}, "exactly the classes"),
        (("scores", "val", "dedup", "n"), 11, "at most the 10 scored faces"),
        (("data", "counts"), {"train": {"Sad": 3}}, "exactly the classes"),
        (("seeds",), 3, "seeds"),
        (("crossval",), {"folds": 3, "accuracy": [1], "macro_f1": [1], "balanced_accuracy": [1]}, "3 folds"),
        (("seed",), 2**64, "seed"),
        (("status",), "asleep", "status"),
        (("epochs_done",), True, "epochs_done"),
        (("format",), 3, "has format 3, written by a newer ferkit: update it"),
        (("format",), "2", "format"),
        (("format",), -1, "format"),
        (("config",), [], "config"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_out_of_range_gives_one_message(path: tuple[str, ...], value: Any, message: str) -> None:
    with pytest.raises(RunError, match=r"run\.json") as caught:
        parse_manifest(replaced(path, value))
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_settings_are_bounded_in_depth_and_number() -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": deep}
    for config in (deep, {"a": [0] * 200_000}):
        with pytest.raises(RunError, match="config: should"):
            parse_manifest(replaced(("config",), config))


def test_an_upgrade_leaves_what_it_does_not_know() -> None:
    for broken in (
        {},
        {"scores": 3},
        {"scores": {"val": 3}},
        {"scores": {"val": {"ece": 1, "nll": 1, "calibrated": 3}}},
    ):
        assert upgrade.manifest(broken) == broken | {"format": 2, "scores": broken.get("scores", {})}
    assert upgrade.manifest(GOOD) == GOOD


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def check(value: Any) -> None:
    message = ""
    try:
        parsed = parse_manifest(value)
        assert parse_manifest(json.loads(json.dumps(parsed.as_json()))) == parsed
    except RunError as error:
        message = str(error)
    assert is_printable(message) and len(message) < 600


@settings(max_examples=100, deadline=None, derandomize=True)
@given(JSON)
def test_any_json_is_a_manifest_or_one_message(value: Any) -> None:
    check(value)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(GOOD)[1:]), JSON)
def test_any_json_in_any_place_is_a_manifest_or_one_message(path: tuple[str | int, ...], value: Any) -> None:
    check(replaced(path, value))
