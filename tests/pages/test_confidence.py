"""Confidence: bins, bars and the threshold choose exactly their faces; curves and the dial for rare classes."""

import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.evaluate.curves import roc, top_ks
from ferkit.evaluate.reliability import ece_by_chance, reliability
from ferkit.runs import open_run
from tests.galleries import parts, shown
from tests.pages.components import press

VIEW = {"data": "tiny", "split": "val", "run": "alpha"}


@pytest.fixture
def scored(gray_world, monkeypatch) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities and labels, straight from the run folder."""
    gray_world.enter(monkeypatch)
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    logits = stored.filter(like="logit ").to_numpy(np.float32)
    return metrics.softmax(logits, open_run("alpha").temperature), stored["label"].to_numpy()


def chart(at, start: str) -> dict:
    return next(part for part in parts(at, "chart") if part["title"].startswith(start))


@pytest.mark.parametrize("binning", ["width", "mass"])
def test_bins_hold_the_faces_they_count(gray_world, app, scored, binning: str) -> None:
    p, true = scored
    bins = reliability(p.max(1), p.argmax(1) == true, binning=binning, digits=6)
    at = app(gray_world, "confidence", **VIEW, bins=binning)
    assert not at.exception
    sent = chart(at, "Accuracy by confidence")
    assert sent["title"] == f"Accuracy by confidence: calibration error {100 * bins.ece:.1f}%"
    fullest = int(bins.n.argmax())
    low, high = round(float(bins.lower[fullest]), 6), round(float(bins.upper[fullest]), 6)
    assert [[low, high]] in [mark.get("select") for mark in sent["marks"]]
    at = app(gray_world, "confidence", **VIEW, bins=binning, confidence=f"{low:.6g}-{high:.6g}")
    assert len(shown(at)) == bins.n[fullest]
    assert chart(at, "Accuracy by confidence")["chosen"] == [[low, high]]


def test_the_sentence_and_the_table_say_how_sure_it_is(gray_world, app, scored) -> None:
    p, true = scored
    at = app(gray_world, "confidence", **VIEW)
    assert f"{100 * p.max(1).mean():.1f}% confident on average" in at.markdown[0].value
    assert f"{100 * (p.argmax(1) == true).mean():.1f}% of {len(true)} faces right" in at.markdown[0].value
    (errors,) = parts(at, "table")
    before, after = errors["rows"]
    assert (before[0][0], after[0][0]) == ("uncalibrated", "calibrated")
    assert after[-1][1] == pytest.approx(metrics.negative_log_likelihood(p, true))
    assert after[3][1] == pytest.approx(metrics.expected_calibration_error(p, true))
    assert after[4][0] == "{:.1%}, up to {:.1%}".format(*ece_by_chance(p.max(1)))


def test_curves_and_top_k_are_those_of_the_run(gray_world, app, scored) -> None:
    p, true = scored
    at = app(gray_world, "confidence", **VIEW)
    names = [mark["name"] for mark in chart(at, "ROC per class")["marks"] if mark.get("name")]
    classes = open_run("alpha").classes
    expected = [
        f"{name}, AUC {roc(p[:, i], true == i).area:.3f}" for i, name in enumerate(classes) if (true == i).any()
    ]
    assert names == expected
    top = chart(at, "True class among")["marks"][0]["x"]
    np.testing.assert_allclose(top, 100 * top_ks(p, true))
    press(at, "curves", "pr")
    assert not at.exception and chart(at, "Precision and recall per class")


def test_outcome_and_threshold_narrow_the_gallery(gray_world, app, scored) -> None:
    p, true = scored
    low = round(float(np.median(p.max(1))), 3)
    at = app(gray_world, "confidence", **VIEW, confidence=f"{low}-1", outcome="wrong")
    keep = (p.max(1) >= low) & (p.argmax(1) != true)
    assert keep.any() and shown(at) == np.flatnonzero(keep).tolist()
    (rule,) = (mark for mark in chart(at, "Accuracy against coverage")["marks"] if mark.get("draggable"))
    assert rule["at"] == pytest.approx(100 * (p.max(1) >= low).mean())


def test_logit_adjustment_moves_recall_to_the_rare_classes(gray_world, app) -> None:
    from dashboard.results import logit_adjustment, pairing
    from ferkit.evaluate.logit_adjustment import adjusted, prior

    at = app(gray_world, "confidence", **VIEW)
    assert any(text.value.startswith("**alpha** unadjusted: ") for text in at.markdown)
    press(at, "tau", "1.0")
    assert not at.exception and at.query_params["tau"] in ("1", ["1"])
    aligned = pairing.of(["alpha"], "tiny", "val", dedup=False)
    shares = prior(open_run("alpha").manifest.data.counts["train"], aligned.classes)
    moved = metrics.confusion(aligned.true, adjusted(aligned.logits[0], shares, 1.0).argmax(1), len(aligned.classes))
    before = aligned.matrix("alpha")
    assert (moved != before).any()
    sentence = logit_adjustment.sentence("alpha", before, moved, aligned.classes)
    assert "Largest changes in recall" in sentence and sentence in [text.value for text in at.markdown]


def test_other_worlds_are_drawn(colour_world, imageless_world, empty_world, app) -> None:
    at = app(colour_world, "confidence")
    assert not at.exception and len([mark for mark in chart(at, "ROC")["marks"] if mark.get("name")]) <= 3
    at = app(imageless_world, "confidence", run="alpha")
    assert not at.exception and parts(at, "gallery")[0]["sprites"] is None
    at = app(empty_world, "confidence")
    assert not at.exception and at.info


def test_a_filter_without_a_face_says_so(gray_world, app) -> None:
    at = app(gray_world, "confidence", **VIEW, find="no such file")
    assert not at.exception and "No face passes" in at.info[0].value
