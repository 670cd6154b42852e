"""Which file to take for a budget, in words."""

import pytest

from ferkit.deploy.choice import (
    candidates,
    cautions,
    front,
    last_machine,
    recommend,
    recommended,
    timed_elsewhere,
)
from ferkit.deploy.record import Machine
from tests.deploy.records import lost, stored

FOUND = candidates({"alpha": stored(), "beta": stored(slow=0.2)}, {"alpha": 500_000, "beta": 500_000})
ALPHA = [one for one in FOUND if one.run == "alpha"]


def test_every_run_is_a_candidate_in_pytorch_and_in_each_scored_format() -> None:
    assert [one.format for one in ALPHA] == ["pytorch", "onnx", "int8", "int8-dynamic"]
    assert [one.ms for one in ALPHA] == [2.0, 1.0, 0.5, 4.0] and ALPHA[0].bytes == 500_000
    assert [one.worse for one in ALPHA] == [False, False, False, True]
    assert ALPHA[2].name == "alpha int8"
    assert not candidates({"gamma": stored().model_copy(update={"pytorch": None})}, {})


def test_times_of_another_machine_are_not_compared() -> None:
    here = Machine(name="A processor", cores=2, measured="2026-11-02T00:00:00+00:00")
    other = Machine(name="Another", cores=2, measured="2026-11-01T00:00:00+00:00")
    records = {
        "alpha": stored().model_copy(update={"machine": here}),
        "beta": stored().model_copy(update={"machine": other}),
        "gamma": stored().model_copy(update={"machine": None, "latency": ()}),
    }
    assert {one.run for one in candidates(records, {}) if one.ms is not None} == {"alpha"}
    assert last_machine(records.values()) == here and timed_elsewhere(records) == ["beta"]
    assert last_machine([records["gamma"]]) is None and timed_elsewhere({"gamma": records["gamma"]}) == []


@pytest.mark.parametrize(
    ("megabytes", "ms", "sentence"),
    [
        (1, 2, "≤ 1 MB and ≤ 2 ms: alpha int8 (100 kB, 0.50 ms a face), 69.7% on val, −0.3 points [−1.3, +0.2] "
         "against PyTorch."),
        (0.09, 5, "≤ 0.09 MB and ≤ 5 ms: alpha dynamic int8 (90 kB, 4.00 ms a face), 60.0% on val, −10.0 "
         "points [−11.0, −9.5] against PyTorch."),
        (0.01, 0.1, "≤ 0.01 MB and ≤ 0.1 ms: nothing fits; the smallest is alpha dynamic int8 with 90 kB, the fastest "
         "alpha int8 with 0.50 ms."),
    ],
)  # fmt: skip
def test_the_recommendation_for_a_budget(megabytes: float, ms: float, sentence: str) -> None:
    assert recommend(ALPHA, megabytes * 1e6, ms) == sentence


def test_what_loses_nothing_significant_and_is_fastest_is_taken() -> None:
    assert recommended(ALPHA, 1e9, 1e9).format == "int8"  # type: ignore[union-attr]
    assert recommended(ALPHA, 1e9, 0.4) is None
    assert "nothing has been exported" in recommend(ALPHA[:1], 1, 1)


def test_the_front_is_more_accurate_than_all_that_is_cheaper() -> None:
    assert [one.format for one in front(ALPHA, "ms")] == ["int8", "onnx"]
    assert [one.format for one in front(ALPHA, "bytes")] == ["int8-dynamic", "int8", "onnx"]


def test_a_smaller_format_that_is_slower_or_worse_is_called_so() -> None:
    worse, slower = cautions(FOUND, "alpha")
    assert worse == "alpha dynamic int8 is significantly worse: −10.0 points [−11.0, −9.5] against PyTorch."
    assert slower == "alpha dynamic int8 is 4.0 times as slow as float32 (4.00 ms against 1.00 ms)."
    assert len(cautions(FOUND, "beta")) == 1 and not cautions(FOUND, "gamma")


def test_a_gain_is_a_gain_and_the_same_is_the_same() -> None:
    from ferkit.deploy.sentences import loss, loss_of

    assert loss_of(lost(0.7, 0.002, 0.5)) == "+0.2 points [−0.8, +0.7] against PyTorch"
    assert loss_of(lost(0.7, 0.0, 1.0, ())) == "the same answers as PyTorch"
    assert loss(lost(0.7, -0.002, 0.0001)) == "−0.2 points [−1.2, +0.3], p < 0.001"
