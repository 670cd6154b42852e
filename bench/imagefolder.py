"""The usual way to feed faces: a file each, torchvision's ImageFolder, a DataLoader with workers, transforms one by
one."""

from pathlib import Path

import torch
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from bench import subjects
from ferkit.data.faces import Faces
from ferkit.models import Input
from ferkit.train.config import Augment

__all__ = ["loader"]


def loader(settings: Augment, faces: Faces, shape: Input, folder: Path, batch: int, workers: int) -> DataLoader:
    """The peer's: a file per face, a worker's Pillow, the same amounts of the same changes. Workers stay between
    epochs."""
    for i, (image, label) in enumerate(zip(faces.images, faces.labels, strict=True)):
        place = folder / faces.classes[label]
        place.mkdir(exist_ok=True)
        (place / f"{i:06d}.jpg").write_bytes(subjects.jpeg(image, 95))
    return DataLoader(
        ImageFolder(str(folder), _transforms(settings, shape)), batch, shuffle=True, num_workers=workers,
        persistent_workers=True, multiprocessing_context="forkserver",
    )  # fmt: skip


def _transforms(settings: Augment, shape: Input) -> v2.Compose:
    """On Pillow images until the last moment, which is the quickest way for faces as small as these."""
    side, light, box = settings.crop or shape.size, settings.light, settings.erase_size
    zoom = 1 - settings.scale, 1 + settings.scale
    return v2.Compose([
        v2.Grayscale(shape.channels) if shape.channels == 1 else v2.Identity(),
        v2.RandomHorizontalFlip(settings.flip),
        v2.RandomAffine(settings.rotate, (settings.shift,) * 2, zoom, interpolation=v2.InterpolationMode.BILINEAR),
        v2.RandomCrop(side),
        v2.ColorJitter(brightness=light, contrast=light),
        v2.ToImage(),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(list(shape.mean), list(shape.std)),
        v2.RandomErasing(settings.erase, scale=((0.3 * box) ** 2, box**2), ratio=(0.3, 3.3)),
    ])  # fmt: skip
