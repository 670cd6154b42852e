"""What trained runs say of the training faces: read once from their folders, never computed again.

Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
"""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ferkit import runs
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.runs import LOGIT, Run

__all__ = ["named", "opinion", "ready"]


def named(teacher: str) -> list[Run]:
    """The runs of a comma-separated list. Raises RunError for one that does not exist."""
    return [runs.open_run(name.strip()) for name in teacher.split(",") if name.strip()]


def ready(teacher: Run, faces: Faces) -> bool:
    """Whether the teacher's logits of these very training faces are stored."""
    return teacher.results(faces.name).scores.get("train", {}).get("fingerprint") == faces.fingerprint


def opinion(teachers: list[Run], train: Faces, temperature: float) -> Tensor:
    """The teachers' mean softmax(z / T) of each face, float32 (N, classes), in the order of the faces and of their classes.

    Raises RunError for a teacher that was not scored on train, or that does not know a class.
    """
    return torch.stack([torch.softmax(_logits(teacher, train) / temperature, 1) for teacher in teachers]).mean(0)


def _logits(teacher: Run, train: Faces) -> Tensor:
    if missing := set(train.classes) - set(teacher.classes):
        raise RunError(f"{teacher.name} cannot teach {', '.join(sorted(missing))}: it knows {', '.join(teacher.classes)}.")
    table: pd.DataFrame = teacher.results(train.name).predictions("train").set_index("id")
    if gone := int((~pd.Index(train.ids).isin(table.index)).sum()):
        raise RunError(
            f"{teacher.name} has no logits for {gone:,} of the training faces. Score it again on the train split of {train.name}."
        )
    return torch.tensor(table.loc[train.ids, [LOGIT + name for name in train.classes]].to_numpy(np.float32))
