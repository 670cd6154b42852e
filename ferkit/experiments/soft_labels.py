"""What finished networks say of the training faces, as a file that other networks learn from.

A teacher that needs a GPU is asked once there; from the file its students learn anywhere. With other such files among
the teachers, a further generation learns from both (Furlanello et al. 2018, Born Again Neural Networks,
arXiv:1805.04770).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ferkit import files, metrics, runs
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError
from ferkit.models import Input, Network, load
from ferkit.models.reparameterized import deployed
from ferkit.runs import Run
from ferkit.train import soft_label_file
from ferkit.train.accelerator import precision
from ferkit.train.config import Augment, TrainConfig
from ferkit.train.loader import FaceLoader
from ferkit.train.teachers import columns_of
from ferkit.train.views import view_images

__all__ = ["soft_labels", "write_soft_labels"]

BATCH = 512
DECIMALS = 4
Progress = Callable[[int, int], None]  # faces read, faces to be read


def soft_labels(
    teachers: Sequence[str],
    faces: Faces,
    *,
    views: int = 0,
    augment: Augment | None = None,
    progress: Progress = lambda done, total: None,
) -> np.ndarray:
    """The mean probabilities of the training faces, float64 (N, classes), over runs and files of soft labels.

    A run reads `views` augmented views of each face, drawn as `augment` says and cropped as it was trained, or with 0
    the centre of the face; uncalibrated, on a GPU where there is one. A file counts for the faces that it covers.
    Raises RunError for a run that does not exist or lacks a class; ConfigError for one that reads other images, a file
    that is no table of soft labels, or where no teacher covers some face.
    """
    train = faces.split("train")
    readers = [None if soft_label_file.is_file(name) else _reader(runs.open_run(name), train) for name in teachers]
    passes = len(train) * max(1, views) * sum(reader is not None for reader in readers)
    total, covering, done = np.zeros((len(train), len(train.classes))), np.zeros((len(train), 1)), 0
    for name, reader in zip(teachers, readers, strict=True):
        if reader is None:
            labels = soft_label_file.read(name, train)
            total[labels.covered] += metrics.softmax(labels.log_probabilities * labels.temperature)[labels.covered]
            covering += labels.covered[:, None]
            continue
        predictions, seen = np.zeros_like(total), 0
        for start, part in reader.read(train, views, augment or Augment()):
            predictions[start : start + len(part)] += part
            seen += len(part)
            progress(done + seen, passes)
        total, covering, done = total + predictions / max(1, views), covering + 1, done + seen
    if missing := int((covering == 0).sum()):
        raise ConfigError(
            f"No teacher covers {missing:,} of the {len(train):,} training faces of {faces.name!r}: add a run, or a "
            "file that covers them."
        )
    return total / covering


def write_soft_labels(path: Path, faces: Faces, probabilities: np.ndarray) -> None:
    """A CSV file of the training faces' ids and probabilities (N, classes), as `--set teacher=FILE.csv` reads it."""
    train = faces.split("train")
    table = pd.DataFrame(np.round(probabilities, DECIMALS), columns=list(train.classes))
    table.insert(0, "id", train.ids)
    with files.atomic_write(path) as partial:
        table.to_csv(partial, index=False)


@dataclass(frozen=True)
class _Reader:
    """A run's network, and which of its logits belongs to each class."""

    network: Network
    input: Input
    columns: list[int]

    def read(self, train: Faces, views: int, augment: Augment) -> Iterator[tuple[int, np.ndarray]]:
        """Batch by batch and view by view: the first row of a batch, and its probabilities (B, classes)."""
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = self.network.to(device).to(memory_format=torch.channels_last)
        loader, cast = FaceLoader.of(train, self.input, device), precision(TrainConfig(), device)
        for number in range(max(1, views)):
            images = view_images(loader, replace(augment, crop=self.input.side), number) if views else None
            for start in range(0, len(loader), BATCH):
                rows = slice(start, start + BATCH)
                x = self.input.centre(loader.batch(rows)[0]) if images is None else images[rows].float()
                with torch.inference_mode(), cast():
                    logits: Tensor = network(x.contiguous(memory_format=torch.channels_last))
                yield start, logits.float()[:, self.columns].softmax(1).cpu().numpy()


def _reader(run: Run, train: Faces) -> _Reader:
    columns, network, shape = columns_of(run, train.classes), load(run), Input.of(run.manifest.input)
    if network.prepares:
        raise ConfigError(
            f"{run.name} is an ensemble of networks that read faces differently: name its members instead."
        )
    if shape.channels != (1 if train.images.ndim == 3 else 3):
        kinds = ("gray", "colour") if shape.channels == 1 else ("colour", "gray")
        raise ConfigError(
            f"{run.name} reads {kinds[0]} faces, but {train.name!r} has {kinds[1]} ones: choose another run."
        )
    return _Reader(deployed(network).requires_grad_(False), shape, columns)
