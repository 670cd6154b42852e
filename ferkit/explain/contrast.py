"""What speaks for one class and not for the others: evidence of all classes, centred over them.

A class's own map shows what all classes share (there is a face, in the middle); a decision lies in the differences.

    for c:        D_c = C / (C - 1) (E_c - mean over c' of E_c'), which is E_c - the mean of the others' maps
    a against b:  D_ab = E_a - E_b

E_c is the evidence for class c (h, w), C the number of classes. Both are signed: above 0 for, below 0 against.
"""

import torch
from torch import Tensor

__all__ = ["against", "against_others", "of_class", "pairwise_correlation"]


def against_others(evidence: Tensor) -> Tensor:
    """(B, C, h, w) -> each class's map minus the mean of the other classes' maps; zeros for a single class."""
    classes = evidence.shape[1]
    return (evidence - evidence.mean(1, keepdim=True)) * (classes / max(1, classes - 1))


def against(evidence: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """(B, C, h, w) and two classes per face, int64 (B,) -> (B, h, w): what speaks for `a` rather than for `b`."""
    return of_class(evidence, a) - of_class(evidence, b)


def of_class(evidence: Tensor, target: Tensor) -> Tensor:
    """(B, C, h, w) -> (B, h, w): each face's map of its class `target`, int64 (B,)."""
    return evidence[torch.arange(len(evidence)), target]


def pairwise_correlation(means: Tensor) -> float:
    """Mean of Pearson's r over all pairs of the maps (C, h, w), nothing subtracted first: 1 where all
    classes' maps look alike. Maps that are constant are left out; not a number with fewer than two others."""
    flat = means.double().flatten(1)
    flat = flat - flat.mean(1, keepdim=True)
    norms = flat.norm(dim=1)
    kept = flat[norms > 1e-12] / norms[norms > 1e-12, None]
    rows, columns = torch.triu_indices(len(kept), len(kept), 1)
    return float((kept @ kept.T)[rows, columns].mean())
