"""What is done for rare classes: which faces an epoch sees, and what each class weighs in the loss.

none        every face once, every face weighing the same
sampler     as many faces as there are, drawn with replacement, every class as likely as any other
oversample  every face at least once, and those of rare classes again and again until each class is as large as the
largest weights     inverse frequency: w_c = N / (C n_c)
effective   inverse effective number: w_c ~ (1 - beta) / (1 - beta^n_c)
"""

import torch
from torch import Tensor

__all__ = ["class_weights", "faces_per_epoch", "order"]


def faces_per_epoch(counts: Tensor, balance: str) -> int:
    """How many faces an epoch has, twice seen ones counted twice; counts (C,) are those of the classes."""
    return int(counts.max() * (counts > 0).sum() if balance == "oversample" else counts.sum())


def order(labels: Tensor, balance: str, generator: torch.Generator) -> Tensor:
    """int64 (M,): the rows of one epoch, shuffled."""
    counts = torch.bincount(labels)
    if balance == "sampler":
        return torch.multinomial((1.0 / counts)[labels], len(labels), replacement=True, generator=generator)
    if balance == "oversample":
        by_class = [torch.nonzero(labels == c)[:, 0] for c in range(len(counts)) if counts[c]]
        rows = torch.cat([_repeated(rows, int(counts.max()), generator) for rows in by_class])
        return rows[torch.randperm(len(rows), generator=generator)]
    return torch.randperm(len(labels), generator=generator)


def _repeated(rows: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """n of the rows: all of them as often as fits, and a random part of them once more."""
    rest = rows[torch.randperm(len(rows), generator=generator)[: n % len(rows)]]
    return torch.cat([rows.repeat(n // len(rows)), rest])


def class_weights(counts: Tensor, balance: str, beta: float) -> Tensor | None:
    """What each class weighs in the loss, (C,), with mean 1 over the faces; None where all weigh the same.

    Effective numbers: Cui et al. 2019, Class-Balanced Loss Based on Effective Number of Samples, arXiv:1901.05555.
    """
    n = counts.clamp(min=1).double()
    if balance == "weights":
        weights = 1 / n
    elif balance == "effective":
        weights = (1 - beta) / (1 - beta**n)
    else:
        return None
    return (weights * counts.sum() / (weights * counts).sum()).float()
