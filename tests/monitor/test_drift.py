"""No alarm on resamples of val; an alarm on darkened, blurred and other faces; the tests are scipy's."""

from functools import cache

import cv2
import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from ferkit.data.synthetic import draw
from ferkit.monitor.drift import CLASSES, LEAST, drift
from ferkit.monitor.reference import MEASURES, Reference, read
from ferkit.runs import open_run
from tests.monitor.logged import log, predictions, reference
from tests.worlds import ROOT


@cache
def val() -> np.ndarray:
    return draw(800, seed=5, name="val").images


@cache
def expected() -> Reference:
    return reference(val())


def alarms(table: pd.DataFrame) -> set[str]:
    return {one.measure for one in drift(table, expected()) if one.alarm}


@pytest.mark.parametrize("seed", range(20))
def test_resamples_of_val_raise_no_alarm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(val()), 60 + 17 * seed)
    assert not alarms(log(val()[rows]))


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        (lambda faces: (faces * 0.6).astype(np.uint8), "brightness"),
        (lambda faces: np.stack([cv2.GaussianBlur(face, (0, 0), 1.5) for face in faces]), "sharpness"),
        (lambda faces: np.random.default_rng(0).integers(0, 256, faces.shape, dtype=np.uint8), "sharpness"),
    ],
    ids=["darkened", "blurred", "noise"],
)
def test_changed_faces_raise_it(change, measure: str) -> None:
    assert measure in alarms(log(change(val()[:300])))


def test_another_mix_of_classes_raises_it_and_names_the_class() -> None:
    table = log(val()[:300]).assign(emotion="happy")
    (mix,) = [one for one in drift(table, expected()) if one.measure == CLASSES]
    assert mix.alarm and mix.detail.startswith("happy: ") and mix.detail.endswith("100% logged")


def test_a_difference_that_is_certain_but_small_is_no_alarm() -> None:
    table = pd.concat([log(val())] * 40).assign(brightness=lambda t: t["brightness"] + 0.017)
    (light,) = [one for one in drift(table, expected()) if one.measure == "brightness"]
    assert light.p < 0.01 and light.distance < 0.1 and not light.alarm


def test_distances_and_p_are_those_of_scipy() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, len(val()), 200)
    table = log((val()[rows] * 0.93).astype(np.uint8))
    found = {one.measure: one for one in drift(table, expected())}
    original = predictions(val())
    raw = {name: ks_2samp(table[name], original[name], method="asymp") for name in MEASURES}
    for name, test in raw.items():  # but for the 201 quantiles that stand for the reference
        assert found[name].distance == pytest.approx(test.statistic, abs=0.006)
        assert found[name].before == pytest.approx(np.median(original[name]), abs=1e-3)
    counts = [[list(values).count(name) for name in expected().predicted]
              for values in (np.array(list(expected().predicted))[original["class"]], table["emotion"])]  # fmt: skip
    shares = np.array(counts) / np.sum(counts, 1, keepdims=True)
    assert found[CLASSES].distance == pytest.approx(np.abs(shares[0] - shares[1]).sum() / 2)
    assert found[CLASSES].p >= chi2_contingency(counts).pvalue
    smallest = min(raw.values(), key=lambda test: test.pvalue)
    assert np.log10(min(one.p for one in found.values())) == pytest.approx(np.log10(4 * smallest.pvalue), abs=1.5)


def test_few_faces_and_missing_measures_are_not_tested() -> None:
    assert drift(log(val()[: LEAST - 1]), expected()) == []
    table = log(val()[:100]).assign(brightness=np.nan)
    assert {one.measure for one in drift(table, expected())} == {"sharpness", "confidence", CLASSES}


def test_the_distribution_function_of_a_reference_steps_where_values_repeat() -> None:
    found = expected().model_copy(update={"quantiles": dict.fromkeys(MEASURES, (0.0,) * 101 + (1.0,) * 100)})
    np.testing.assert_allclose(found.below("brightness", np.array([-1.0, 0.0, 1.0, 2.0])), [0, 0.5, 1, 1])


@pytest.mark.parametrize("name", ["compact", "lenet", "base-cnn"])
def test_drawn_faces_are_not_those_of_fer2013(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    stored = read(open_run(name))
    assert stored is not None and stored.n == 3589
    table = log(val()[:200]).drop(columns="emotion").assign(emotion="happy")
    assert {"brightness", "sharpness"} & {one.measure for one in drift(table, stored) if one.alarm}
