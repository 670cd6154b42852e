"""What each class's score owes to the parts of a face, measured on a sample of a split and stored.

$ python -m ferkit explain RUN
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from ferkit import files
from ferkit.data.faces import Faces
from ferkit.evaluate.labels import label_map
from ferkit.evaluate.method_scores import Sample
from ferkit.explain.part_effects import PartEffects
from ferkit.explain.parts import changes
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run

__all__ = ["bootstrap", "mean_faces_of", "measure_parts", "part_effects"]

RESAMPLED = 500  # times, for an interval


def part_effects(
    classifier: Classifier, sample: Sample, mean_faces: np.ndarray, masks: np.ndarray, seed: int = 0
) -> PartEffects:
    """Of a sample's faces: mean changes of probabilities when parts are hidden or taken from another class.

    `mean_faces` uint8 (1 + C, H, W[, 3]): that of all faces, then of each class; `masks` bool (R, H, W) over them.
    """
    donors, n = classifier.prepare(mean_faces), len(classifier.classes)
    regions = _read(classifier, masks)
    found = changes(sample.model, sample.x, donors, regions, classifier.temperature).numpy()  # (N, 1 + C, R, C)
    true, rng = sample.true.numpy(), np.random.default_rng(seed)
    classes = np.arange(n)
    hidden = [bootstrap(found[true == c, 0], rng) for c in classes]  # each (3, R, C)
    taken = [[bootstrap(found[true == c, 1 + d, :, d], rng) for d in classes] for c in classes]  # each (3, R)
    return PartEffects(
        hidden=np.stack(hidden, 1).astype(np.float32),
        taken=np.stack([np.stack(row, 1) for row in taken], 1).astype(np.float32),
        n=np.bincount(true, minlength=n),
        masks=masks,
        mean_faces=mean_faces,
    )


def measure_parts(run: Run, classifier: Classifier, part: Faces, split: str, sample: Sample, masks: np.ndarray) -> None:
    """Store the `part_effects` of a sample of the split `part` as `<split>-parts.npz`; `masks` bool (R, H, W)."""
    labels = label_map(run.classes, part.classes)[part.labels]
    found = part_effects(classifier, sample, mean_faces_of(part.images, labels, len(run.classes)), masks)
    with files.atomic_write(run.results(part.name).path / f"{split}-parts.npz") as partial, partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **vars(found))


def bootstrap(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Mean over the first axis of (N, ...) and its 95% percentile interval: float64 (3, ...), mean, low, high; not a
    number without a face, no interval below two."""
    nothing = np.full((3, *values.shape[1:]), np.nan)
    if len(values) == 0:
        return nothing
    flat = values.reshape(len(values), -1)
    weights = rng.multinomial(len(flat), np.full(len(flat), 1 / len(flat)), RESAMPLED) / len(flat)
    low, high = np.quantile(weights @ flat, [0.025, 0.975], axis=0)
    nothing[0] = values.mean(0)
    if len(values) > 1:
        nothing[1:] = np.stack([low, high]).reshape(2, *values.shape[1:])
    return nothing


def mean_faces_of(images: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Mean of all faces, uint8 (N, H, W[, 3]), then of those of each class, by labels (N,); a class without a face has
    the mean of all: uint8 (1 + C, H, W[, 3])."""
    whole = images.mean(0)
    means = [images[labels == c].mean(0) if (labels == c).any() else whole for c in range(classes)]
    return np.asarray(np.rint(np.stack([whole, *means])), np.uint8)


def _read(classifier: Classifier, masks: np.ndarray) -> Tensor:
    """Regions of a face, bool (R, H, W), where the network reads it, bool (R, side, side)."""
    if classifier.model.prepares:  # it is given whole faces
        return torch.from_numpy(masks)
    read = classifier.input
    sized = interpolate(torch.from_numpy(masks).float()[:, None], (read.size, read.size), mode="nearest")
    return read.centre(sized)[:, 0] > 0.5
