"""`<split>-parts.npz`: what each class's score owes to the parts of a face, read as untrusted, without torch."""

import zipfile
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ferkit.errors import RunError
from ferkit.explain.face_regions import REGIONS
from ferkit.runs.untrusted import check, refusing

__all__ = ["PartEffects", "read_effects"]

LARGEST = 64 << 20  # bytes, unpacked


@dataclass(frozen=True, eq=False)
class PartEffects:
    """Mean changes of probabilities, each with its 95% interval: the first axis is mean, low, high; not a number where
    there was no face."""

    hidden: np.ndarray  # float32 (3, C, R, C): faces of a class, with a part hidden -> the probability of each class
    taken: np.ndarray  # float32 (3, C, C, R): faces of a class, with a part of a second one's -> that one's probability
    n: np.ndarray  # int (C,): faces of each class
    masks: np.ndarray  # bool (R, H, W), in the order of REGIONS
    mean_faces: np.ndarray  # uint8 (1 + C, H, W[, 3]): of all faces, and of each class


def read_effects(folder: Path, split: str, classes: int) -> PartEffects:
    """The effects stored of a split. Raises RunError where the file is missing or broken."""
    path = folder / f"{split}-parts.npz"
    if not path.is_file():
        raise RunError(
            f"There is no {folder.name}/{path.name}. Make it: python -m ferkit explain RUN --data DATASET "
            f"--split {split}"
        )
    with refusing(path):
        with zipfile.ZipFile(path) as archive:
            check(sum(entry.file_size for entry in archive.infolist()) <= LARGEST, "it is too large")
        with np.load(path, allow_pickle=False) as stored:
            names = [one.name for one in fields(PartEffects)]
            check(set(names) <= set(stored.files), f"expected {', '.join(names)}")
            found = PartEffects(**{name: stored[name] for name in names})
        _check(found, classes, len(REGIONS))
    return found


def _check(found: PartEffects, classes: int, regions: int) -> None:
    check(found.hidden.shape == (3, classes, regions, classes), "hidden has another shape")
    check(found.taken.shape == (3, classes, classes, regions), "taken has another shape")
    for name in ("hidden", "taken"):
        values = getattr(found, name)
        check(values.dtype.kind == "f", f"{name} does not hold numbers")
        numbers = values[np.isfinite(values)]
        check(bool((np.abs(numbers) <= 1.001).all()), f"{name} should lie from -1 to 1")
    check(found.n.shape == (classes,) and found.n.dtype.kind in "iu", "its counts have another shape")
    check(found.masks.dtype == np.bool_ and found.masks.ndim == 3 and len(found.masks) == regions, "masks are broken")
    faces = found.mean_faces
    check(faces.dtype == np.uint8 and faces.shape[:1] == (1 + classes,), "its mean faces have another shape")
    check(faces.shape[1:3] == found.masks.shape[1:] and faces.ndim in (3, 4), "its mean faces have another size")
    check(faces.ndim == 3 or faces.shape[3] == 3, "its mean faces have another depth")
    check(0 < max(faces.shape[1:3]) <= 1024, "its mean faces are too large")
