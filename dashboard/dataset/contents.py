"""The contents of a dataset: from its store where it is here, else from a run that was trained on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dashboard import load
from dashboard.words import percent, plain
from ferkit.data import store
from ferkit.data.faces import SPLITS, Faces
from ferkit.runs import Run

__all__ = ["Contents", "MeanFaces", "imbalance", "mean_faces", "of", "sample", "stretch_contrast"]


@dataclass(frozen=True)
class Contents:
    """Counts of a dataset, and its faces where they are here."""

    name: str
    counts: Mapping[str, Mapping[str, int]]  # split -> class -> faces
    duplicates: Mapping[str, int]  # as `Faces.duplicates`
    faces: Faces | None
    run: Run | None = None  # that stored the counts, where there are no faces
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # copies that `counts` leaves out

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(next(iter(self.counts.values()), {}))

    @property
    def sizes(self) -> dict[str, int]:
        """Faces per split."""
        return {split: sum(per_class.values()) for split, per_class in self.counts.items()}

    @property
    def released(self) -> dict[str, int]:
        """Faces per split, copies included."""
        return {split: n + sum(self.left_out.get(split, {}).values()) for split, n in self.sizes.items()}

    def of_class(self, name: str) -> int:
        """Faces of a class in all splits."""
        return sum(per_class.get(name, 0) for per_class in self.counts.values())


@dataclass(frozen=True)
class MeanFaces:
    """The mean face of each class, and of how many faces it is the mean."""

    images: np.ndarray  # uint8 (C, H, W[, 3]) in the order of `Contents.classes`; black for a class without a face
    counts: tuple[int, ...]  # faces, one number per class
    split: str = ""  # the split they are of; "" for all


def of(name: str, runs: Mapping[str, Run]) -> Contents | None:
    """The Contents of the dataset `name`; None if neither it nor a run on it is here.

    Raises DataError for a broken store.
    """
    path = store.path_of(name)
    if path.exists() and (faces := load.stored_faces(name)):
        counts, duplicates = load.cached(("contents", load.key_of(path)), lambda: (faces.counts(), faces.duplicates()))
        return Contents(name, counts, duplicates, faces)
    for run in runs.values():
        data = run.manifest.data
        if run.dataset == name and data.counts:
            return Contents(name, data.counts, data.duplicates, None, run)
    return None


def imbalance(contents: Contents) -> str:
    """One sentence in Markdown: largest against smallest class of the first split, and the classes with under half of
    an even share."""
    split, counts = next(iter(contents.counts.items()))
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[most] == counts[least]:
        return f"Balanced: every class has {counts[most]:,} faces in {split}."
    if counts[least]:
        ratio = f"{counts[most] / counts[least]:.3g} times the faces of {plain(least)}"
        sentence = f"{plain(most)} has {ratio} ({counts[most]:,} against {counts[least]:,} in {split})."
    else:
        sentence = f"{plain(most)} has {counts[most]:,} faces, {plain(least)} none in {split}."
    even = sum(counts.values()) / len(counts)
    rare = sorted((name for name in counts if counts[name] < even / 2), key=counts.__getitem__)
    if not rare:
        return sentence
    share = percent(sum(counts[name] for name in rare) / sum(counts.values()))
    listed = plain(" and ".join([", ".join(rare[:-1]), rare[-1]] if len(rare) > 1 else rare))
    return f"{sentence} {listed} {'is' if len(rare) == 1 else 'are'} rare: {share} of {split}."


def mean_faces(contents: Contents, split: str) -> MeanFaces | None:
    """Of all faces, or as a run stored them for one split (`split` where it has it); None where neither is here."""
    faces, run = contents.faces, contents.run
    if faces is not None:
        dedup = bool(contents.left_out)
        key = ("mean faces", dedup, load.key_of(store.path_of(contents.name)))
        return load.cached(key, lambda: _mean_faces(faces, ~faces.leaked | (not dedup)))
    results = run.results() if run else None
    stored = next((part for part in (split, *SPLITS) if results and results.has(part, "-cams.npz")), None)
    if run is None or results is None or stored is None or set(contents.classes) - set(run.classes):
        return None
    maps = load.cams(results, stored)
    order = [run.classes.index(name) for name in contents.classes]
    counts = (maps["right_n"] + maps["wrong_n"])[order]  # right and wrong predictions of each class
    return MeanFaces(maps["faces"][order], tuple(counts.tolist()), stored)


def _mean_faces(faces: Faces, keep: np.ndarray) -> MeanFaces:
    members = [faces.images[(faces.labels == c) & keep] for c in range(len(faces.classes))]
    return MeanFaces(np.stack([_mean(images) for images in members]), tuple(map(len, members)))


def _mean(images: np.ndarray) -> np.ndarray:
    return np.rint(images.mean(0)).astype(np.uint8) if len(images) else np.zeros(images.shape[1:], np.uint8)


def stretch_contrast(images: np.ndarray) -> np.ndarray:
    """uint8 images, their common range stretched to black and white, because the mean of many faces has little
    contrast."""
    low, high = int(images.min()), int(images.max())
    return np.rint((images.astype(np.float32) - low) * (255 / max(1, high - low))).astype(np.uint8)


def sample(faces: Faces, name: str, n: int, seed: int, *, dedup: bool = False) -> np.ndarray:
    """int (M,): `n` faces drawn at random, of the class `name`; for "" as many of each class (at least two), class by
    class. `dedup` leaves out those of other splits whose pixels are also in train."""
    rng = np.random.default_rng(seed)
    chosen = [faces.classes.index(name)] if name else range(len(faces.classes))
    each = max(2, n // len(chosen))
    keep = ~faces.leaked | (not dedup)
    drawn = [rng.permutation(np.flatnonzero((faces.labels == c) & keep))[:each] for c in chosen]
    return np.concatenate(drawn)
