"""Drift of features: the directions are PCA's, the tests scipy's; no alarm on resamples of val, one on other faces."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.decomposition import PCA

from ferkit.data.synthetic import draw
from ferkit.faces import Box
from ferkit.monitor import coordinates as module
from ferkit.monitor.coordinates import coordinates
from ferkit.monitor.drift import FEATURES, drift
from ferkit.monitor.features import DIRECTIONS, Basis, as_text, fit, from_texts
from ferkit.monitor.reference import FILE, Reference, read
from ferkit.predict.photo import FaceReading
from ferkit.runs import open_run
from tests.monitor.logged import features, log, reference
from tests.worlds import ROOT


@cache
def val() -> np.ndarray:
    return draw(800, seed=5, name="val").images


@cache
def expected() -> Reference:
    return reference(val())


def of_features(images: np.ndarray) -> float:
    (found,) = [one for one in drift(log(images, expected=expected()), expected()) if one.measure == FEATURES]
    assert found.alarm == (found.p < 0.01 and found.distance >= 0.1)
    return found.distance if found.alarm else 0.0


@pytest.mark.parametrize("seed", range(20))
def test_resamples_of_val_raise_no_alarm(seed: int) -> None:
    rows = np.random.default_rng(seed).integers(0, len(val()), 60 + 17 * seed)
    assert not of_features(val()[rows])


def test_faces_drawn_in_another_style_raise_it() -> None:
    upright = val()[:200]
    assert of_features(np.ascontiguousarray(upright[:, ::-1]))  # the same brightness and sharpness, upside down
    assert of_features(255 - upright)


def test_directions_are_those_of_pca_and_val_has_deviation_one() -> None:
    x = features(val())
    basis, pca = expected().basis, PCA(DIRECTIONS).fit(x)
    assert basis is not None
    theirs = pca.transform(x) / np.sqrt(pca.explained_variance_)
    ours = basis.coordinates(x)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=0.02)
    np.testing.assert_allclose(ours.std(0, ddof=1), 1, atol=1e-3)


def test_distance_and_p_are_those_of_scipy() -> None:
    basis, some = expected().basis, np.ascontiguousarray(val()[:300, ::-1])
    assert basis is not None
    before, now = basis.coordinates(features(val())), basis.coordinates(features(some))
    tests = [ks_2samp(a, b, method="asymp") for a, b in zip(now.T, before.T, strict=True)]
    (found,) = [one for one in drift(log(some, expected=expected()), expected()) if one.measure == FEATURES]
    named = tests[int(found.detail.split()[1]) - 1]  # "component 3 of 8: median …"
    assert found.distance == pytest.approx(named.statistic, abs=0.02)
    assert found.distance == pytest.approx(max(test.statistic for test in tests), abs=0.02)


def test_a_reference_or_a_log_without_features_is_tested_for_the_rest() -> None:
    without = reference(val(), basis=False)
    assert without.basis is None and "basis" not in without.model_dump(exclude_none=True)
    for table, against in ((log(val()[:100], expected=expected()), without), (log(val()[:100]), expected())):
        assert FEATURES not in {one.measure for one in drift(table, against)}


def test_features_that_do_not_vary_have_no_basis() -> None:
    assert fit(np.ones((10, 4))) is None
    one = fit(np.arange(10.0)[:, None] * [[1.0, 2.0]])
    assert one is not None and len(one.directions) == 1


def test_texts_that_hold_something_else_are_left_out() -> None:
    texts = [as_text(np.array([0.123456, -2.0])), None, "1 2 3", "nan 1", "5 6"]
    np.testing.assert_allclose(from_texts(texts, 2), [[0.123, -2], [5, 6]])
    assert from_texts(["a b"], 2).shape == (0, 2)


def test_a_basis_of_another_width_is_refused() -> None:
    broken = expected().model_dump(mode="json")
    broken["basis"]["mean"] = broken["basis"]["mean"][1:]
    with pytest.raises(ValueError, match="as long as the mean"):
        Reference.model_validate(broken)


def test_coordinates_come_from_stored_features_or_from_the_crop(monkeypatch: pytest.MonkeyPatch) -> None:
    basis = Basis(mean=(0.0, 1.0), directions=((1.0, 0.0), (0.0, 2.0)))
    monkeypatch.setattr(module, "_basis", lambda run: basis if run == "mine" else None)
    monkeypatch.setattr(module, "_reader", lambda run: lambda crops: np.array([[crops.mean(), 2.0]]))
    box, shares = Box(0, 0, 9, 9, 1.0), np.array([0.5, 0.5])
    crop = np.full((4, 4), 3, np.uint8)
    faces = [
        FaceReading(box, ("a", "b"), shares, crop, features=np.array([4.0, 5.0], np.float16)),
        FaceReading(box, ("a", "b"), shares, crop),
        FaceReading(box, ("a", "b"), shares),
        FaceReading(box, ("a", "b"), shares, features=np.ones(3)),
    ]
    assert coordinates("mine", faces) == ["4 8", "3 2", None, None]
    assert coordinates("other", faces) == [None] * 4


@pytest.mark.parametrize("name", ["compact", "compact-wild", "lenet"])
def test_shipped_references_hold_directions_and_stay_small(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    run = open_run(name)
    stored = read(run)
    assert stored is not None and stored.basis is not None and len(stored.components) == DIRECTIONS
    assert (Path(run.path) / FILE).stat().st_size < 100_000
    of_val = run.results().features("val")
    rng = np.random.default_rng(0)
    for _ in range(20):
        logged = stored.basis.coordinates(of_val[rng.integers(0, len(of_val), 300)])
        table = log(val()[:300]).assign(features=list(map(as_text, logged)))
        (found,) = [one for one in drift(table, stored) if one.measure == FEATURES]
        assert not found.alarm
