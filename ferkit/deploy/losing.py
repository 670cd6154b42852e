"""What an exported file loses against PyTorch, face by face."""

import numpy as np

from ferkit import metrics
from ferkit.deploy.record import Flip, Lost
from ferkit.evaluate.significance import mcnemar, paired_interval
from ferkit.runs import Headline

__all__ = ["lost"]


def lost(logits: np.ndarray, reference: np.ndarray, labels: np.ndarray, ids: np.ndarray) -> Lost:
    """Scores of `logits` (N, C), and how they differ from those of `reference` (N, C) on the same N faces, of classes
    `labels` (N,) and names `ids` (N,)."""
    now, before = logits.argmax(1), reference.argmax(1)
    flipped = np.flatnonzero(now != before)
    fixed, broken = (int((answers[flipped] == labels[flipped]).sum()) for answers in (now, before))
    rows = zip(ids[flipped], labels[flipped].tolist(), before[flipped].tolist(), now[flipped].tolist(), strict=True)
    return Lost(
        scores=Headline(**metrics.headline(metrics.confusion(labels, now, logits.shape[1]))),
        difference=(fixed - broken) / len(labels),
        interval=paired_interval(fixed, broken, len(labels)),
        p=mcnemar(fixed, broken),
        flips=tuple(Flip(id=str(id), label=label, before=was, after=new) for id, label, was, new in rows),
    )
