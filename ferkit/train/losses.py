"""Targets and losses."""

from torch import Tensor
from torch.nn import functional as F

__all__ = ["cross_entropy", "focal", "soft_targets"]


def soft_targets(labels: Tensor, classes: int, smoothing: float) -> Tensor:
    """(B,) -> (B, classes): (1 - e) on the label and e / classes everywhere (Szegedy et al. 2016, arXiv:1512.00567)."""
    return F.one_hot(labels.long(), classes).float() * (1 - smoothing) + smoothing / classes


def cross_entropy(logits: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean over the batch of -sum_c w_c t_c log softmax(z)_c; logits and target (B, C)."""
    terms = target * F.log_softmax(logits.float(), 1)
    return -(terms if weights is None else terms * weights).sum(1).mean()


def focal(logits: Tensor, target: Tensor, gamma: float, weights: Tensor | None = None) -> Tensor:
    """Mean over the batch of -sum_c w_c t_c (1 - p_c)^gamma log p_c, p = softmax(z) (Lin et al. 2017, Focal Loss,
    arXiv:1708.02002)."""
    log = F.log_softmax(logits.float(), 1)
    terms = target * (1 - log.exp()).clamp(min=0) ** gamma * log
    return -(terms if weights is None else terms * weights).sum(1).mean()
