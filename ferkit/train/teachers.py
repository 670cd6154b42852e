"""What teachers say of the training faces: trained runs, read once from their folders and never computed again, and the crowd.

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
from ferkit.train import crowd

__all__ = ["CROWD", "named", "opinion", "ready"]

CROWD = "crowd"  # the teacher that is no run: the votes, translated into labels


def named(teacher: str) -> list[Run]:
    """The runs of a comma-separated list, the crowd left out. Raises RunError for one that does not exist."""
    return [runs.open_run(name) for name in _names(teacher) if name != CROWD]


def ready(teacher: Run, faces: Faces) -> bool:
    """Whether the teacher's logits of these very training faces are stored."""
    return teacher.results(faces.name).scores.get("train", {}).get("fingerprint") == faces.fingerprint


def opinion(teacher: str, train: Faces, temperature: float) -> Tensor:
    """The mean softmax(z / T) of a comma-separated list of teachers, float32 (N, classes), in the order of the faces and their classes.

    Raises RunError for a run that was not scored on train or does not know a class, ConfigError for a crowd that never voted.
    """
    said = [_logits(run, train) for run in named(teacher)]
    if CROWD in _names(teacher):
        said.append(crowd.translated(train))
    return torch.stack([torch.softmax(z / temperature, 1) for z in said]).mean(0)


def _names(teacher: str) -> list[str]:
    return [name.strip() for name in teacher.split(",") if name.strip()]


def _logits(teacher: Run, train: Faces) -> Tensor:
    if missing := set(train.classes) - set(teacher.classes):
        raise RunError(f"{teacher.name} cannot teach {', '.join(sorted(missing))}: it knows {', '.join(teacher.classes)}.")
    table: pd.DataFrame = teacher.results(train.name).predictions("train").set_index("id")
    if gone := int((~pd.Index(train.ids).isin(table.index)).sum()):
        raise RunError(
            f"{teacher.name} has no logits for {gone:,} of the training faces. Score it again on the train split of {train.name}."
        )
    return torch.tensor(table.loc[train.ids, [LOGIT + name for name in train.classes]].to_numpy(np.float32))
