"""Class weights and samplers for rare classes: each against its formula."""

import pytest
import torch
from torch.nn import functional as F

from ferkit.train.balance import class_weights, faces_per_epoch, order
from ferkit.train.losses import cross_entropy, soft_targets


def test_class_weights_make_every_class_weigh_the_same() -> None:
    counts = torch.tensor([10, 40, 50])
    weights = class_weights(counts, "weights", 0.0)
    torch.testing.assert_close(weights * counts, torch.full((3,), 100 / 3))
    logits, labels = torch.randn(6, 3), torch.tensor([0, 0, 1, 2, 2, 2])
    expected = (F.cross_entropy(logits, labels, reduction="none") * weights[labels]).mean()
    torch.testing.assert_close(cross_entropy(logits, soft_targets(labels, 3, 0.0), weights), expected)


def test_the_balanced_sampler_draws_every_class_equally_often() -> None:
    labels = torch.tensor([0] * 9000 + [1] * 900 + [2] * 100)
    drawn = labels[order(labels, "sampler", torch.Generator().manual_seed(0))]
    assert len(drawn) == len(labels)
    assert torch.bincount(drawn) / len(drawn) == pytest.approx(torch.full((3,), 1 / 3), abs=0.02)
    plain = order(labels, "none", torch.Generator().manual_seed(0))
    assert torch.equal(plain.sort().values, torch.arange(len(labels)))


def test_effective_numbers_are_the_papers_and_average_to_one() -> None:
    counts = torch.tensor([10, 100, 5000])
    weights = class_weights(counts, "effective", 0.99)
    assert weights is not None
    effective = torch.tensor([(1 - 0.99**n) / (1 - 0.99) for n in counts.tolist()])
    torch.testing.assert_close(weights * effective / (weights[0] * effective[0]), torch.ones(3))
    assert float((weights * counts).sum() / counts.sum()) == pytest.approx(1)
    assert class_weights(counts, "sampler", 0.99) is None


def test_oversampling_repeats_rare_faces_until_all_classes_are_as_large() -> None:
    labels = torch.tensor([0] * 30 + [1] * 7 + [2] * 1)
    rows = order(labels, "oversample", torch.Generator().manual_seed(0))
    assert torch.bincount(labels[rows]).tolist() == [30, 30, 30]
    times = torch.bincount(rows)
    assert times[:30].tolist() == [1] * 30 and set(times[30:37].tolist()) == {4, 5} and times[37] == 30
    assert len(rows) == faces_per_epoch(torch.bincount(labels), "oversample")
    assert faces_per_epoch(torch.bincount(labels), "sampler") == len(labels)
