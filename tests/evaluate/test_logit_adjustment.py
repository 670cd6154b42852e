"""Logit adjustment against its formula and against what it is for."""

import numpy as np
import pytest

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate.logit_adjustment import adjusted, effective_prior, prior, stored_offsets, trade
from ferkit.predict.neutral import for_mix
from ferkit.runs import open_folder
from tests.worlds import ROOT


def test_shares_are_of_the_training_faces_by_name_in_any_case() -> None:
    assert prior({"Angry": 30, "sad": 10, "other": 5}, ("angry", "Sad")) == pytest.approx([0.75, 0.25])
    assert prior({"angry": 9}, ("angry", "unseen")) == pytest.approx([0.9, 0.1])
    with pytest.raises(DataError, match="training faces of angry"):
        prior({"happy": 3}, ("angry",))


def test_the_shift_is_tau_times_the_log_of_the_share() -> None:
    logits, shares = np.array([[1.0, 2.0]]), np.array([0.8, 0.2])
    assert adjusted(logits, shares, 0.5) == pytest.approx(np.array([[1 - 0.5 * np.log(0.8), 2 - 0.5 * np.log(0.2)]]))
    np.testing.assert_array_equal(adjusted(logits, shares, 0.0), logits)


def test_at_tau_one_the_posterior_is_balanced() -> None:
    """p(y|x) / p(y) is proportional to p(x|y): the best answer where all classes are alike (equation 8 of the
    paper)."""
    random = np.random.default_rng(0)
    shares, n = np.array([0.9, 0.1]), 40_000
    true = (random.random(n) < shares[1]).astype(int)
    x = random.normal(true, 1.0)
    log_likelihood = -0.5 * (x[:, None] - np.array([0.0, 1.0])) ** 2
    matrices = trade(log_likelihood + np.log(shares), true, shares, (0.0, 0.5, 1.0))
    assert np.all(np.diff(metrics.accuracy(matrices)) < 0)
    balanced = metrics.balanced_accuracy(matrices)
    assert np.all(np.diff(balanced) > 0)
    np.testing.assert_array_equal(matrices[2], metrics.confusion(true, log_likelihood.argmax(1), 2))


def test_probabilities_of_a_run_with_class_offsets_presume_another_mix() -> None:
    """Undoing the mix that they presume gives about the probabilities of the same network without offsets."""
    fair = open_folder(ROOT / "checkpoints" / "compact-wild")
    trained = prior(fair.manifest.data.counts["train"], fair.classes)
    plain = open_folder(ROOT / "checkpoints" / "compact-light")
    np.testing.assert_array_equal(effective_prior(plain, plain.classes), trained)
    logits, labels = fair.results("fer2013").logits("val"), fair.results("fer2013").predictions("val")["label"]
    raw = logits - stored_offsets(fair, fair.classes)
    shifted = metrics.softmax(logits, fair.temperature)
    without = metrics.softmax(raw, metrics.fit_adaptive_temperature(raw, labels.to_numpy().astype(int)))
    undone = for_mix(shifted, effective_prior(fair, fair.classes), trained)
    apart = [np.abs(p - without).sum(1).mean() / 2 for p in (shifted, undone)]  # total variation
    assert effective_prior(fair, fair.classes).sum() == pytest.approx(1) and apart[1] < 0.5 * apart[0]


def test_at_tau_one_class_offsets_are_undone_with_the_mix() -> None:
    fair = open_folder(ROOT / "checkpoints" / "compact-wild")
    logits, trained = fair.results("fer2013").logits("val"), prior(fair.manifest.data.counts["train"], fair.classes)
    balanced = [
        adjusted(logits, effective_prior(fair, fair.classes, temperature=1), 1.0),
        adjusted(logits - stored_offsets(fair, fair.classes), trained, 1.0),
    ]
    assert (balanced[0].argmax(1) == balanced[1].argmax(1)).mean() > 0.999
