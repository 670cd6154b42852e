"""What is known of a dataset: from its store where it is here, else from what a run trained on it wrote down."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dashboard import load
from dashboard.words import percent
from ferkit.data import store
from ferkit.data.faces import SPLITS, Faces
from ferkit.runs import Run

__all__ = ["Contents", "agreement", "clearer", "imbalance", "mean_faces", "of", "sample", "twins", "twins_told"]

SAME = {
    "happiness": "happy",
    "sadness": "sad",
    "anger": "angry",
    "disgusted": "disgust",
    "surprised": "surprise",
    "fearful": "fear",
}


@dataclass(frozen=True)
class Contents:
    """Counts of a dataset, and its faces where they are here."""

    name: str
    counts: Mapping[str, Mapping[str, int]]  # split -> class -> faces
    duplicates: Mapping[str, int]  # as `Faces.duplicates`
    faces: Faces | None
    run: Run | None = None  # that stored the counts, where there are no faces

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(next(iter(self.counts.values()), {}))

    @property
    def sizes(self) -> dict[str, int]:
        """Faces per split."""
        return {split: sum(told.values()) for split, told in self.counts.items()}

    def of_class(self, name: str) -> int:
        """Faces of a class in all splits."""
        return sum(told.get(name, 0) for told in self.counts.values())


def of(name: str, runs: Mapping[str, Run]) -> Contents | None:
    """The Contents of the dataset `name`; None if nothing is known of it. Raises DataError for a broken store."""
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
    """One sentence: largest against smallest class of the first split, and the classes with under half of an even
    share."""
    split, told = next(iter(contents.counts.items()))
    most, least = max(told, key=told.__getitem__), min(told, key=told.__getitem__)
    if told[most] == told[least]:
        return f"Balanced: every class has {told[most]:,} faces in {split}."
    even = sum(told.values()) / len(told)
    rare = sorted((name for name in told if told[name] < even / 2), key=told.__getitem__)
    ratio = (
        f"{told[most] / told[least]:.3g} times the faces of {least}"
        if told[least]
        else f"{told[most]:,} faces, {least} none"
    )
    sentence = (
        f"{most} has {ratio} ({told[most]:,} against {told[least]:,} in {split})."
        if told[least]
        else f"{most} has {ratio} in {split}."
    )
    if not rare:
        return sentence
    share = percent(sum(told[name] for name in rare) / sum(told.values()))
    return f"{sentence} {' and '.join(rare)} {'is' if len(rare) == 1 else 'are'} rare: {share} of {split}."


def mean_faces(contents: Contents, split: str) -> np.ndarray | None:
    """uint8 (C, H, W[, 3]) in the order of `classes`: of all faces, or as stored with a run; None where neither is
    here."""
    faces, run = contents.faces, contents.run
    if faces is not None:
        key = ("mean faces", load.key_of(store.path_of(contents.name)))
        return load.cached(
            key, lambda: np.stack([_mean(faces.images[faces.labels == c]) for c in range(len(faces.classes))])
        )
    for part in (split, *SPLITS):
        if run and run.results().has(part, "-cams.npz"):
            return load.cams(run.results(), part)["faces"]
    return None


def _mean(images: np.ndarray) -> np.ndarray:
    return np.rint(images.mean(0)).astype(np.uint8) if len(images) else np.zeros(images.shape[1:], np.uint8)


def clearer(images: np.ndarray) -> np.ndarray:
    """uint8 images stretched together from their darkest to their brightest pixel: a mean of many faces is grey."""
    low, high = int(images.min()), int(images.max())
    return np.rint((images.astype(np.float32) - low) * (255 / max(1, high - low))).astype(np.uint8)


def sample(faces: Faces, name: str, n: int, seed: int) -> np.ndarray:
    """int (M,): `n` faces drawn at random, of the class `name`, or as many of every class for "" (at least two), class
    by class."""
    rng = np.random.default_rng(seed)
    chosen = [faces.classes.index(name)] if name else range(len(faces.classes))
    each = max(2, n // len(chosen))
    drawn = [rng.permutation(np.flatnonzero(faces.labels == c))[:each] for c in chosen]
    return np.concatenate(drawn)


def twins_told(contents: Contents) -> list[str]:
    """Sentences on identical faces."""
    told, sizes = contents.duplicates, contents.sizes
    if not told:
        return ["No two faces have the same pixels."]
    lines = []
    for split in SPLITS:
        if n := told.get(f"{split} also in train"):
            share = percent(n / sizes[split])
            faces = f"1 face of {split} ({share}) stands" if n == 1 else f"{n:,} faces of {split} ({share}) stand"
            lines.append(f"**{faces} in train too**, so every score is told a second time without them.")
    inside = [f"{told[f'{split} with a twin']:,} of {split}" for split in SPLITS if told.get(f"{split} with a twin")]
    return [*lines, f"Faces with a pixel-identical twin anywhere: {', '.join(inside)}."]


def twins(faces: Faces) -> list[np.ndarray]:
    """The groups of identical faces, rows of each; those whose labels disagree first, then those across splits."""
    order = np.argsort(faces.groups, kind="stable")
    _, starts, counts = np.unique(faces.groups[order], return_index=True, return_counts=True)
    found = [order[start : start + n] for start, n in zip(starts, counts, strict=True) if n > 1]
    return sorted(found, key=lambda rows: (len(set(faces.labels[rows])) == 1, len(set(faces.splits[rows])) == 1))


def agreement(faces: Faces) -> tuple[float, dict[str, float]] | None:
    """Share of faces whose label is what most of the crowd chose, in all and per class; None without votes for any
    class.

    Vote names are matched by the class's name, "happiness" with "happy" and so on; a majority for "unknown" agrees with
    no label.
    """
    known = {name.casefold(): i for i, name in enumerate(faces.classes)}
    meant = np.array(
        [
            known.get(SAME.get(name.casefold(), name.casefold()), known.get(name.casefold(), -1))
            for name in faces.vote_names
        ]
    )
    if faces.votes is None or not (meant >= 0).any():
        return None
    voted = faces.votes.any(1)
    agrees = meant[faces.votes[voted].argmax(1)] == faces.labels[voted]
    labels = faces.labels[voted]
    shares = {name: float(agrees[labels == i].mean()) for i, name in enumerate(faces.classes) if (labels == i).any()}
    return (float(agrees.mean()), shares) if shares else None
