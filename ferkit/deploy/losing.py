"""What an exported file loses against PyTorch, face by face."""

import numpy as np

from ferkit import metrics
from ferkit.deploy.record import Lost
from ferkit.evaluate.significance import mcnemar, paired_interval
from ferkit.runs import Headline

__all__ = ["lost"]


def lost(logits: np.ndarray, reference: np.ndarray, labels: np.ndarray, ids: np.ndarray) -> Lost:
    """Scores of `logits` (N, C), and how they differ from those of `reference` (N, C) on the same N faces, of classes
    `labels` (N,) and names `ids` (N,)."""
    now, before = logits.argmax(1), reference.argmax(1)
    fixed = (now == labels) & (before != labels)
    broken = (now != labels) & (before == labels)
    changed = (now != before) & ~fixed & ~broken
    counts, n = (int(fixed.sum()), int(broken.sum())), len(labels)
    return Lost(
        scores=Headline(**metrics.headline(metrics.confusion(labels, now, logits.shape[1]))),
        difference=(counts[0] - counts[1]) / n,
        interval=paired_interval(*counts, n),
        p=mcnemar(*counts),
        fixed=tuple(map(str, ids[fixed])),
        broken=tuple(map(str, ids[broken])),
        changed=tuple(map(str, ids[changed])),
    )
