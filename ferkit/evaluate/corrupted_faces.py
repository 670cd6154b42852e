"""What a run scores on corrupted faces, on some of them only: a class, a slice, those without copies in train.

    part = rescored(results.robustness("val"), results.corrupted("val"), rows, labels, results.classes)

Plain numpy, for pages: nothing is classified again, `<split>-corrupted.parquet` has what each face is predicted as.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ferkit import metrics
from ferkit.runs.robustness import RECALL, column

__all__ = ["rescored"]


def rescored(
    scores: pd.DataFrame, predicted: pd.DataFrame, rows: np.ndarray, labels: np.ndarray, classes: Sequence[str]
) -> pd.DataFrame:
    """`scores` with the same kinds and strengths, but n, accuracy and its 95% interval (Wilson's), macro_f1 and recalls
    of the faces at `rows` alone, int (M,), M >= 1.

    `predicted` has a column of class indices per kind and strength, `labels` (M,) the classes of these faces. The
    recall of a class without a face among them is nan.
    """
    matrices = np.stack(
        [
            metrics.confusion(labels, predicted[column(kind, strength)].to_numpy()[rows], len(classes))
            for kind, strength in zip(scores["kind"], scores["strength"], strict=True)
        ]
    )
    low, high = metrics.wilson(np.trace(matrices, axis1=1, axis2=2), matrices.sum((1, 2)))
    recall = np.where(matrices.sum(-1) > 0, metrics.recall(matrices), np.nan)
    return scores.assign(
        n=len(rows), accuracy=metrics.accuracy(matrices), accuracy_low=low, accuracy_high=high,
        macro_f1=metrics.macro_f1(matrices), **{RECALL + name: recall[:, i] for i, name in enumerate(classes)},
    )  # fmt: skip
