"""Targets, class weights and the loss."""

from torch import Tensor
from torch.nn import functional as F

__all__ = ["class_weights", "cross_entropy", "soft_targets"]


def soft_targets(labels: Tensor, classes: int, smoothing: float) -> Tensor:
    """(B,) -> (B, classes): (1 - e) on the label and e / classes everywhere (Szegedy et al. 2016, arXiv:1512.00567)."""
    return F.one_hot(labels.long(), classes).float() * (1 - smoothing) + smoothing / classes


def class_weights(counts: Tensor) -> Tensor:
    """Inverse frequency per class, (C,), with mean 1 over the faces: w_c = N / (C n_c)."""
    return counts.sum() / (len(counts) * counts.clamp(min=1).float())


def cross_entropy(logits: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean over the batch of -sum_c w_c t_c log softmax(z)_c; logits and target (B, C)."""
    terms = target * F.log_softmax(logits.float(), 1)
    return -(terms if weights is None else terms * weights).sum(1).mean()
