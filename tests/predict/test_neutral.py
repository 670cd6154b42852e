"""Corrections: the formulas, here and in the browser, and what they do to a person who looks sad at rest."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from ferkit import metrics
from ferkit.errors import ConfigError
from ferkit.predict.neutral import against_neutral, for_mix, log_mean, typical_neutral
from tests.worlds import ROOT

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(0, 2, (40, 3))
CLASSES = ("happy", "neutral", "sad")


def test_their_neutral_face_becomes_a_typical_one() -> None:
    typical = np.log([0.2, 0.7, 0.1])
    resting = metrics.softmax(np.array([[0.0, 1.0, 3.0]]))  # looks sad at rest
    got = against_neutral(resting, log_mean(resting), typical)
    np.testing.assert_allclose(got, [[0.2, 0.7, 0.1]])
    np.testing.assert_allclose(against_neutral(resting, log_mean(resting), typical, 0.0), resting)


def test_a_constant_bias_of_the_logits_goes() -> None:
    bias, rest = np.array([0.0, -1.0, 1.5]), np.array([[0.0, 2.0, 0.0]])
    fair, biased = metrics.softmax(LOGITS / 4), metrics.softmax(LOGITS / 4 + bias)
    own = log_mean(metrics.softmax(rest + bias))
    np.testing.assert_allclose(against_neutral(biased, own, log_mean(metrics.softmax(rest))), fair, atol=1e-6)


def test_a_mix_is_bayes_rule() -> None:
    p, trained, expected = np.array([[0.6, 0.3, 0.1]]), np.array([0.5, 0.3, 0.2]), np.array([1, 1, 1]) / 3
    weights = np.array([0.6 / 0.5, 0.3 / 0.3, 0.1 / 0.2])
    np.testing.assert_allclose(for_mix(p, trained, expected), [weights / weights.sum()])
    np.testing.assert_allclose(for_mix(p, trained, trained), p)


def test_typical_is_the_mean_of_the_faces_labelled_neutral() -> None:
    p, labels = metrics.softmax(LOGITS), np.arange(40) % 3
    np.testing.assert_allclose(typical_neutral(p, labels, CLASSES), np.log(p[labels == 1]).mean(0))
    assert typical_neutral(p, labels, ("a", "b", "c")) is None
    assert typical_neutral(p[labels != 1], labels[labels != 1], CLASSES) is None


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_what_makes_no_sense_is_refused(strength: float) -> None:
    with pytest.raises(ConfigError, match="strength from 0 to 1"):
        against_neutral(np.ones((1, 3)) / 3, np.zeros(3), np.zeros(3), strength)
    with pytest.raises(ConfigError, match="share above 0"):
        for_mix(np.ones((1, 3)) / 3, np.ones(3), np.array([1, 0, 1]))


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
@pytest.mark.parametrize("mixed", [False, True])
def test_the_browser_corrects_as_python_does(tmp_path: Path, mixed: bool) -> None:
    p, trained, typical = metrics.softmax(LOGITS), np.array([0.5, 0.3, 0.2]), np.log([0.2, 0.7, 0.1])
    times = np.arange(40) / 10
    own = log_mean(p[(times >= 0.5) & (times <= 1.5)])
    correcting = (ROOT / "dashboard/components/correcting.js").read_text("utf-8")
    (tmp_path / "correcting.mjs").write_text(correcting + "\nexport { correct, logMean };\n", "utf-8")
    face, shares = (
        json.dumps({"times": times.tolist(), "read": p.tolist()}),
        json.dumps(trained.tolist() if mixed else None),
    )
    script = (
        f'import {{ correct, logMean }} from "./correcting.mjs"; const face = {face};'
        "const own = logMean(face, 1, 0.5);"
        f"console.log(JSON.stringify([own, correct(face.read, {shares}, own, {json.dumps(typical.tolist())})]));"
    )
    (tmp_path / "run.mjs").write_text(script, "utf-8")
    done = subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    got_own, got = json.loads(done.stdout)
    expected = against_neutral(for_mix(p, trained, np.ones(3) / 3) if mixed else p, own, typical)
    np.testing.assert_allclose(got_own, own, atol=1e-12)
    np.testing.assert_allclose(got, expected, atol=1e-9)
