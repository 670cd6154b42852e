"""What teachers say of the training faces: trained runs, by their stored logits or live, and the crowd.

Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ferkit import runs
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.models import Input, Network, load
from ferkit.runs import LOGIT, Run
from ferkit.train import crowd

__all__ = ["CROWD", "Panel", "named", "opinion", "ready"]

CROWD = "crowd"  # the teacher that is no run: the votes, translated into labels


def named(teacher: str) -> list[Run]:
    """The runs of a comma-separated list, the crowd left out. Raises RunError for one that does not exist."""
    return [runs.open_run(name) for name in _names(teacher) if name != CROWD]


def ready(teacher: Run, faces: Faces) -> bool:
    """Whether the teacher's logits of these very training faces are stored."""
    scores = teacher.results(faces.name).scores.get("train")
    return scores is not None and scores.fingerprint == faces.fingerprint


def opinion(teacher: str, train: Faces, temperature: float, *, live: bool = False) -> Tensor:
    """The mean softmax(z / T) of a comma-separated list of teachers, float32 (N, classes), in the order of the faces
    and their classes.

    Where the runs teach live, of the crowd alone; zeros where it does not teach.
    Raises RunError for a run that was not scored on train or does not know a class, ConfigError for a crowd that never
    voted.
    """
    said = [] if live else [_logits(run, train) for run in named(teacher)]
    if CROWD in _names(teacher):
        said.append(crowd.translated(train))
    if not said:
        return torch.zeros(len(train), len(train.classes))
    return torch.stack([torch.softmax(z / temperature, 1) for z in said]).mean(0)


@dataclass(frozen=True)
class Panel:
    """Teachers that look at each augmented face: a consistent teacher (Beyer et al. 2022, Knowledge Distillation: A
    Good Teacher Is Patient and Consistent, arXiv:2106.05237)."""

    networks: tuple[Network, ...]  # in eval mode, frozen
    columns: tuple[Tensor, ...]  # of each, which logit belongs to each class
    crowd: bool  # whether its opinion counts beside theirs
    temperature: float

    @classmethod
    def of(
        cls, teacher: str, classes: tuple[str, ...], shape: Input, temperature: float, device: torch.device
    ) -> "Panel":
        """Raises RunError for a run that does not exist, does not know a class, or reads faces of another size, crop or
        scale."""
        found = named(teacher)
        for run in found:
            _knows(run, classes)
            if Input.of(run.manifest.input) != shape:
                raise RunError(
                    f"{run.name} reads faces otherwise than the student would (size, crop or scale). Use --set teacher_views=stored"
                )
        networks = (load(run).requires_grad_(False).to(device).to(memory_format=torch.channels_last) for run in found)
        columns = (torch.tensor([run.classes.index(c) for c in classes], device=device) for run in found)
        return cls(tuple(networks), tuple(columns), CROWD in _names(teacher), temperature)

    @torch.no_grad()
    def opinion(self, x: Tensor, voted: Tensor) -> Tensor:
        """The mean over the networks, and over the crowd where it teaches, of softmax(z / T) of normalised faces (B, C,
        H, W); `voted` (B, classes) is what the crowd said of them."""
        said = [
            (net(x).float()[:, own] / self.temperature).softmax(1)
            for net, own in zip(self.networks, self.columns, strict=True)
        ]
        return torch.stack([*said, voted] if self.crowd else said).mean(0)


def _names(teacher: str) -> list[str]:
    return [name.strip() for name in teacher.split(",") if name.strip()]


def _logits(teacher: Run, train: Faces) -> Tensor:
    _knows(teacher, train.classes)
    table: pd.DataFrame = teacher.results(train.name).predictions("train").set_index("id")
    if gone := int((~pd.Index(train.ids).isin(table.index)).sum()):
        raise RunError(
            f"{teacher.name} has no logits for {gone:,} of the training faces. Score it again on the train split of {train.name}."
        )
    return torch.tensor(table.loc[train.ids, [LOGIT + name for name in train.classes]].to_numpy(np.float32))


def _knows(teacher: Run, classes: tuple[str, ...]) -> None:
    if missing := set(classes) - set(teacher.classes):
        raise RunError(
            f"{teacher.name} cannot teach {', '.join(sorted(missing))}: it knows {', '.join(teacher.classes)}."
        )
