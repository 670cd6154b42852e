"""Losses: each against its formula."""

import torch
from torch.nn import functional as F

from ferkit.train.losses import cross_entropy, focal, soft_targets


def test_smoothed_cross_entropy_is_torchs() -> None:
    logits, labels = torch.randn(12, 5), torch.randint(0, 5, (12,))
    smoothed = cross_entropy(logits, soft_targets(labels, 5, 0.1))
    torch.testing.assert_close(smoothed, F.cross_entropy(logits, labels, label_smoothing=0.1))


def test_focal_loss_is_the_papers() -> None:
    logits, labels = torch.randn(20, 5), torch.randint(0, 5, (20,))
    p = logits.softmax(1)[torch.arange(20), labels]
    torch.testing.assert_close(focal(logits, soft_targets(labels, 5, 0.0), 2.0), (-((1 - p) ** 2) * p.log()).mean())
    torch.testing.assert_close(
        focal(logits, soft_targets(labels, 5, 0.1), 0.0), F.cross_entropy(logits, labels, label_smoothing=0.1)
    )
