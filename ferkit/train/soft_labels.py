"""Votes as soft labels: as shares of the choices, and as probabilities of the dataset's labels."""

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError

__all__ = ["label_log_probabilities", "vote_shares"]


def vote_shares(faces: Faces, setting: str) -> Tensor:
    """The votes of each face as a distribution, float32 (N, V); zeros where nobody voted.

    Raises ConfigError, naming the setting that asked for them, where the dataset has none.
    """
    if faces.votes is None:
        raise ConfigError(
            f"{setting} needs votes, but {faces.name!r} has none. Import it again with --votes CSV, or leave it out."
        )
    votes = torch.from_numpy(faces.votes).float()
    return votes / votes.sum(1, keepdim=True).clamp(min=1)


def label_log_probabilities(faces: Faces, seed: int = 0) -> Tensor:
    """log P(label | votes) of each face, float32 (N, classes): how faces with such votes are labelled in this dataset.

    Boosted trees on the shares, each face predicted by trees that never saw its label (at most five folds). What the
    votes add is privileged information: available in training alone (Lopez-Paz et al. 2016, Unifying
    Distillation and Privileged Information, arXiv:1511.03643). Raises ConfigError where there are no votes, or a class
    has a single face.
    """
    x, labels = vote_shares(faces, "teacher").numpy(), faces.labels
    if (fewest := int(np.bincount(labels).min())) < 2:
        raise ConfigError(
            f"Votes can only teach with two or more training faces of each class; {faces.name!r} has {fewest} of one."
        )
    # a second, which trainings without votes need not wait for
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    trees = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.06, max_leaf_nodes=15, l2_regularization=1.0, random_state=seed
    )
    folds = StratifiedKFold(min(5, fewest), shuffle=True, random_state=seed)
    # one thread: two that wait for each other take minutes on a busy machine, and the trees are small
    with threadpool_limits(limits=1, user_api="openmp"):
        probabilities = cross_val_predict(trees, x, labels, cv=folds, method="predict_proba")
    return torch.from_numpy(np.log(np.maximum(probabilities, 1e-6)).astype(np.float32))
