"""A planted weak slice is found; where nothing is weak, nothing is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from ferkit import metrics
from ferkit.audit.exact import fisher_below
from ferkit.audit.ranges import Condition, members
from ferkit.audit.slices import weak_slices
from ferkit.errors import DataError


def table(n: int, seed: int, columns: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"p{i}": rng.normal(size=n).astype(np.float32) for i in range(columns)})
    frame["label"] = rng.choice(["happy", "sad", "fear"], n)
    return frame


def test_fisher_is_scipys() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        n = int(rng.integers(2, 400))
        right = int(rng.integers(0, n + 1))
        size = int(rng.integers(1, n))
        low, high = max(0, size - (n - right)), min(size, right)
        hits = int(rng.integers(low, high + 1))
        cells = [[hits, size - hits], [right - hits, n - size - right + hits]]
        p = fisher_below(np.array([hits]), np.array([size]), right, n)[0]
        assert p == pytest.approx(fisher_exact(cells, alternative="less")[1], rel=1e-9)


def test_a_planted_range_is_found() -> None:
    frame, rng = table(3000, 1), np.random.default_rng(1)
    weak = frame["p2"] > 1.0
    correct = rng.random(3000) < np.where(weak, 0.5, 0.8)
    found = weak_slices(frame, correct)
    first = found[0]
    assert [c.column for c in first.conditions] == ["p2"] and first.conditions[0].high == frame["p2"].max()
    assert weak[first.rows].mean() > 0.85 and first.accuracy < 0.6 < first.rest
    hits = correct[first.rows].sum()
    assert first.accuracy == hits / first.n
    assert first.interval == tuple(metrics.wilson(np.array([hits]), np.array([first.n]))[:, 0])
    assert first.p < 1e-6 and not first.small
    assert first.title.startswith("p2 ≥ ")


def test_a_planted_value_and_a_planted_pair_are_found() -> None:
    frame, rng = table(4000, 2), np.random.default_rng(2)
    fear, both = (frame["label"] == "fear").to_numpy(), ((frame["p0"] > 0.67) & (frame["p3"] < -0.67)).to_numpy()
    correct = rng.random(4000) < np.where(both, 0.3, np.where(fear, 0.65, 0.85))
    found = weak_slices(frame, correct)
    assert any(str(slice_.conditions[0]) == "label fear" and len(slice_.conditions) == 1 for slice_ in found)
    two = [s for s in found if {c.column for c in s.conditions} == {"p0", "p3"}]
    assert len(two) == 1 and both[two[0].rows].mean() > 0.9
    assert not [s for s in weak_slices(frame, correct, two=False) if len(s.conditions) > 1]


def test_where_nothing_is_weak_nothing_is_found() -> None:
    false = 0
    for seed in range(100):
        frame = table(800, 100 + seed)
        false += bool(weak_slices(frame, np.random.default_rng(seed).random(800) < 0.7))
    assert false <= 8  # of 100 at a level of 0.05, with room for chance: P(more) = 0.06


def test_no_slice_is_nearly_another() -> None:
    frame, rng = table(3000, 3), np.random.default_rng(3)
    frame["copy"] = frame["p1"] * 2 + 0.01 * frame["p0"]
    found = weak_slices(frame, rng.random(3000) < np.where(frame["p1"] < -0.5, 0.4, 0.8))
    masks = [np.isin(np.arange(3000), slice_.rows) for slice_ in found]
    for i, one in enumerate(masks):
        for other in masks[:i]:
            assert (one & other).sum() < 0.5 * (one | other).sum()
    assert sum({c.column for c in s.conditions} <= {"p1", "copy"} for s in found) == 1


def test_conditions_hold_exactly_their_faces() -> None:
    frame = pd.DataFrame({"steps": np.repeat([1.0, 2.0, 2.0, 3.0], 100), "flag": np.tile([True, False], 200)})
    frame.loc[:9, "steps"] = np.nan
    correct = np.where(frame["steps"] == 3.0, np.arange(400) % 10 == 0, True)
    (found,) = weak_slices(frame, correct, two=False)
    assert (
        found.conditions == (Condition("steps", 3.0, 3.0, ends=(False, True)),)
        and found.n == 100
        and found.accuracy == 0.1
    )
    assert (np.flatnonzero(members(frame, found.conditions)) == found.rows).all()
    np.testing.assert_allclose(frame["steps"].between(3.0, 3.0).sum(), found.n)


def test_small_slices_are_marked() -> None:
    frame = pd.DataFrame({"label": ["rare"] * 40 + ["common"] * 960})
    (found,) = weak_slices(frame, np.arange(1000) >= 40)
    assert found.small and found.n == 40 and found.accuracy == 0 and found.interval[1] > 0.05
    assert weak_slices(frame, np.arange(1000) >= 40, least=41) == []


def test_degenerate_input() -> None:
    frame = pd.DataFrame({"same": np.ones(50), "id": [str(i) for i in range(50)] * 1, "none": np.full(50, np.nan)})
    for correct in (np.ones(50, bool), np.zeros(50, bool), np.arange(50) % 2 == 0):
        assert weak_slices(frame, correct) == []
    assert weak_slices(frame[:0], np.ones(0, bool)) == []
    assert weak_slices(pd.DataFrame(index=range(5)), np.ones(5, bool)) == []
    with pytest.raises(DataError, match="an outcome for each of 50 faces; got 3"):
        weak_slices(frame, np.ones(3, bool))


def test_a_weak_class_is_named_beside_a_range_that_says_less_of_it() -> None:
    rng = np.random.default_rng(5)
    far, fear = rng.random(4000), rng.random(4000) < 0.15
    far[fear] = np.maximum(far[fear], rng.random(fear.sum()))  # most of them lie in the far half
    frame = pd.DataFrame({"far": far, "label": np.where(fear, "fear", "other")})
    found = weak_slices(frame, rng.random(4000) < np.where(fear, 0.4, np.where(far > 0.5, 0.6, 0.9)))
    titles = [one.title for one in found]
    assert titles[0].startswith("far ≥ 0.5") and "label fear" in titles
    assert sum(title.startswith("far") and "," not in title for title in titles) == 1
