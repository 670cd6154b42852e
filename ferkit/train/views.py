"""A fixed set of augmented views of the training faces, one an epoch, in turn.

A teacher looks at each view once, however long the schedule: patient and consistent, as Beyer et al. 2022 ask
(Knowledge Distillation: A Good Teacher Is Patient and Consistent, arXiv:2106.05237), for the price of a few epochs. The
views do not depend on the seed of the run, so that every seed of a recipe finds what the first has stored.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ferkit import files
from ferkit.errors import ConfigError
from ferkit.train.augment import augment, in_epoch, randaugment
from ferkit.train.config import Augment, TrainConfig
from ferkit.train.loader import FaceLoader
from ferkit.train.targets import Targets
from ferkit.train.teachers import LiveTeachers

__all__ = ["View", "Views", "view_images"]

SEED = 20_211_101
CHUNK = 1024  # faces augmented at once
DRAWN = ("crop", "rotate", "scale", "shift", "flip", "light", "erase", "erase_size", "centre", "randaugment")


@dataclass(frozen=True)
class View:
    """All N training faces as one epoch sees them, before corruption, mixup and shrinking."""

    images: Tensor  # float16 (N, C, crop, crop), normalised
    table: Tensor  # float32, as `Targets.table`, with the predictions of the live teachers


@dataclass(frozen=True)
class Views:
    """The views of one training; an epoch's is made when it begins."""

    config: TrainConfig
    loader: FaceLoader
    targets: Targets
    cast: Callable[[], Any]  # precision of the teachers
    digest: str  # of the faces and the live teachers

    @classmethod
    def of(cls, config: TrainConfig, loader: FaceLoader, targets: Targets, cast: Callable[[], Any]) -> "Views | None":
        """None where each epoch draws anew. Raises ConfigError for alternating flip, which views cannot follow."""
        if not config.views:
            return None
        if config.augment.alternating_flip:
            raise ConfigError("augment.alternating_flip draws each epoch anew: set it to false, or views to 0.")
        return cls(config, loader, targets, cast, _digest(loader, targets.teachers))

    def view(self, epoch: int) -> View:
        """The one of that epoch, counted from 1."""
        number = (epoch - 1) % self.config.views
        settings = _drawn(in_epoch(self.config, epoch))
        images = view_images(self.loader, settings, number)
        if self.targets.teachers is None:
            return View(images, self.targets.table)
        return View(images, self.targets.completed(self._predictions(images, settings, number), self.targets.table))

    def _predictions(self, images: Tensor, settings: Augment, number: int) -> Tensor:
        """The mean prediction of the live teachers, float32 (N, classes)."""
        assert self.targets.teachers is not None
        name = hashlib.sha256(f"{self.digest} {SEED} {asdict(settings)}".encode()).hexdigest()[:32]
        path = files.cache_dir() / "views" / name / f"{number}.npy"
        try:
            stored = np.load(path, allow_pickle=False)
        except (OSError, ValueError):
            stored = None
        if stored is None or stored.shape != (len(images), self.targets.classes):
            with self.cast():
                parts = [self.targets.teachers.live(part.float()) for part in images.split(CHUNK)]
            stored = torch.cat(parts).half().cpu().numpy()
            path.parent.mkdir(parents=True, exist_ok=True)
            with files.atomic_write(path) as partial, partial.open("wb") as file:
                np.save(file, stored)
        return torch.from_numpy(stored).to(images.device).float()


def view_images(loader: FaceLoader, settings: Augment, number: int) -> Tensor:
    """The view of that number, counted from 0: float16 (N, C, crop, crop), normalised."""
    generator = torch.Generator().manual_seed(SEED + number)
    return torch.cat([
        augment(loader.normalised(randaugment(part, settings, generator)), settings, generator).half()
        for part in loader.images.split(CHUNK)
    ])  # fmt: skip


def _drawn(settings: Augment) -> Augment:
    """What a view depends on; what else a student suffers is drawn anew in each epoch, and leaves its name alone."""
    return Augment(**{name: getattr(settings, name) for name in DRAWN})


def _digest(loader: FaceLoader, teachers: LiveTeachers | None) -> str:
    """Of the faces, the teachers' weights and all else that their predictions depend on."""
    if teachers is None:
        return ""
    digest = hashlib.sha256(repr((asdict(loader.input), teachers.temperature)).encode())
    digest.update(loader.images.cpu().numpy().tobytes())
    for network, columns in zip(teachers.networks, teachers.columns, strict=True):
        digest.update(repr(columns.tolist()).encode())
        for name, value in network.state_dict().items():
            digest.update(name.encode() + value.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
