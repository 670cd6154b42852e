"""Teachers' predictions of the training faces: trained runs, by their stored logits or live, the votes, and files of
soft labels.

Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
"""

from collections.abc import Iterator
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
from ferkit.train import soft_label_file
from ferkit.train.soft_labels import label_log_probabilities

__all__ = ["CROWD", "LiveTeachers", "columns_of", "named", "ready", "stored_predictions"]

CROWD = "crowd"  # the teacher that is not a run: the votes, as probabilities of the labels


def named(teacher: str) -> list[Run]:
    """The runs of a comma-separated list, without the votes and files. Raises RunError for one that does not exist."""
    return [runs.open_run(name) for name in _names(teacher) if name != CROWD and not soft_label_file.is_file(name)]


def ready(teacher: Run, faces: Faces) -> bool:
    """Whether the teacher's logits of these very training faces are stored."""
    scores = teacher.results(faces.name).scores.get("train")
    return scores is not None and scores.fingerprint == faces.fingerprint


def stored_predictions(teacher: str, train: Faces, temperature: float, *, live: bool = False) -> Tensor:
    """The mean softmax(z / T) of a comma-separated list of teachers, float32 (N, classes), in the order of the faces
    and their classes.

    Where the runs teach live, of the votes and files alone. A file counts for the faces it covers; zeros for a face
    that no teacher covers. Raises RunError for a run that was not scored on train or does not know a class, ConfigError
    where votes are asked for and there are none, or for a file that is no table of soft labels.
    """
    total, teachers = torch.zeros(len(train), len(train.classes)), torch.zeros(len(train), 1)
    for logits, covered in _stored(teacher, train, live):
        total += torch.softmax(logits / temperature, 1) * covered
        teachers += covered
    return total / teachers.clamp(min=1)


def _stored(teacher: str, train: Faces, live: bool) -> Iterator[tuple[Tensor, Tensor]]:
    """Of each teacher the logits (N, classes), and whether it covers a face, 0 or 1, (N, 1)."""
    everything = torch.ones(len(train), 1)
    for run in [] if live else named(teacher):
        yield _logits(run, train), everything
    for name in _names(teacher):
        if name == CROWD:
            yield label_log_probabilities(train), everything
        elif soft_label_file.is_file(name):
            labels = soft_label_file.read(name, train)
            yield torch.from_numpy(labels.log_probabilities), torch.from_numpy(labels.covered).float()[:, None]


@dataclass(frozen=True)
class LiveTeachers:
    """Teachers that look at each augmented face: a consistent teacher (Beyer et al. 2022, Knowledge Distillation: A
    Good Teacher Is Patient and Consistent, arXiv:2106.05237)."""

    networks: tuple[Network, ...]  # in eval mode, frozen
    columns: tuple[Tensor, ...]  # of each, which logit belongs to each class
    stored: int  # further teachers, whose predictions are stored: the votes and files
    temperature: float

    @classmethod
    def of(
        cls, teacher: str, classes: tuple[str, ...], shape: Input, temperature: float, device: torch.device
    ) -> "LiveTeachers":
        """Raises RunError for a run that does not exist, does not know a class, or reads faces of another size, crop or
        scale."""
        teachers = named(teacher)
        for run in teachers:
            if Input.of(run.manifest.input) != shape:
                raise RunError(
                    f"{run.name} reads faces of another size, crop or scale than the student would. "
                    "Use --set teacher_views=stored"
                )
        networks = (
            load(run).requires_grad_(False).to(device).to(memory_format=torch.channels_last) for run in teachers
        )
        columns = (torch.tensor(columns_of(run, classes), device=device) for run in teachers)
        return cls(tuple(networks), tuple(columns), len(_names(teacher)) - len(teachers), temperature)

    @torch.no_grad()
    def live(self, x: Tensor) -> Tensor:
        """The mean of the networks' softmax(z / T) of normalised faces (B, C, H, W): (B, classes)."""
        x = x.contiguous(memory_format=torch.channels_last)
        predictions = [
            (net(x).float()[:, order] / self.temperature).softmax(1)
            for net, order in zip(self.networks, self.columns, strict=True)
        ]
        return torch.stack(predictions).mean(0)

    def with_stored(self, live: Tensor, stored: Tensor) -> Tensor:
        """The mean over all teachers; `stored` (B, classes) is that of the stored ones, zeros for a face that none
        covers."""
        total = len(self.networks) * live + self.stored * stored
        return total / total.sum(1, keepdim=True).clamp(min=1e-9)


def _names(teacher: str) -> list[str]:
    return [name.strip() for name in teacher.split(",") if name.strip()]


def _logits(teacher: Run, train: Faces) -> Tensor:
    columns_of(teacher, train.classes)
    table: pd.DataFrame = teacher.results(train.name).predictions("train").set_index("id")
    if gone := int((~pd.Index(train.ids).isin(table.index)).sum()):
        raise RunError(
            f"{teacher.name} has no logits for {gone:,} of the training faces. "
            f"Score it again on the train split of {train.name}."
        )
    return torch.tensor(table.loc[train.ids, [LOGIT + name for name in train.classes]].to_numpy(np.float32))


def columns_of(teacher: Run, classes: tuple[str, ...]) -> list[int]:
    """Which of its logits belongs to each class. Raises RunError for a class that it does not know."""
    if missing := set(classes) - set(teacher.classes):
        raise RunError(
            f"{teacher.name} cannot teach {', '.join(sorted(missing))}: it knows {', '.join(teacher.classes)}."
        )
    return [teacher.classes.index(c) for c in classes]
