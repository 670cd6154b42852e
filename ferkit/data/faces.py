"""A dataset: all faces of one size as one uint8 array, with the label, split and votes of each."""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from ferkit.data.mapped import one_run
from ferkit.errors import DataError

__all__ = ["MIN_SIDE", "SPLITS", "Faces", "identical_groups", "stratified"]

SPLITS = ("train", "val", "test")
MIN_SIDE = 8  # pixels; a network that halves its input three times needs as many


@dataclass(frozen=True)
class Faces:
    """N square faces of one size, with their labels.

    `faces.images[i]` has the label `faces.classes[faces.labels[i]]` and lies in `faces.splits[i]`. Class names, their
    number and the image size come from the data, never from the code.
    """

    name: str
    images: np.ndarray  # uint8 (N, H, W) gray or (N, H, W, 3) RGB
    labels: np.ndarray  # int16 (N,), an index into classes
    ids: np.ndarray  # str (N,), unique; joins a run's predictions to these images
    splits: np.ndarray  # str (N,), one of SPLITS
    classes: tuple[str, ...]
    votes: np.ndarray | None = None  # uint8 (N, V): how many people chose each of vote_names for the face
    vote_names: tuple[str, ...] = ()
    groups: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))  # int32 (N,): first pixel-identical face
    leaked: np.ndarray = field(default_factory=lambda: np.empty(0, bool))  # bool (N,): not in train, but its pixels are
    fingerprint: str = ""  # 16 hexadecimal digits of a hash of images, labels, splits and classes

    def __post_init__(self) -> None:
        if not len(self.groups):
            object.__setattr__(self, "groups", identical_groups(self.images))
        if not len(self.leaked):
            in_train = np.isin(self.groups, self.groups[self.splits == "train"])
            object.__setattr__(self, "leaked", (self.splits != "train") & in_train)
        if not self.fingerprint:
            object.__setattr__(self, "fingerprint", self._hash())

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def size(self) -> int:
        """Height (= width) of every face, in pixels."""
        return int(self.images.shape[1])

    @property
    def channels(self) -> int:
        """1 for gray, 3 for colour."""
        return 1 if self.images.ndim == 3 else 3

    def select(self, keep: np.ndarray) -> "Faces":
        """The faces at `keep`, a bool mask or indices; `groups`, `leaked` and fingerprint stay those of all faces.

        Images that lie in a file are copied only where these leave a gap.
        """
        rows = (one_run(keep) if isinstance(self.images, np.memmap) else None) or keep
        parts = {key: getattr(self, key)[rows] for key in ("images", "labels", "ids", "splits", "groups", "leaked")}
        return replace(self, votes=None if self.votes is None else self.votes[rows], **parts)

    def split(self, name: str) -> "Faces":
        """The faces of one split, or of all for `"all"`. Raises DataError if there are none."""
        part = self if name == "all" else self.select(self.splits == name)
        if not len(part):
            have = ", ".join(s for s in SPLITS if (self.splits == s).any())
            raise DataError(f"Dataset {self.name!r} has no {name!r} split; it has {have}.")
        return part

    def counts(self) -> dict[str, dict[str, int]]:
        """Faces per split and class: `{"train": {"angry": 3970, ...}, ...}`; splits without a face are left out."""
        table = {}
        for split in SPLITS:
            here = np.bincount(self.labels[self.splits == split], minlength=len(self.classes))
            if here.sum():
                table[split] = dict(zip(self.classes, here.tolist(), strict=True))
        return table

    def duplicates(self) -> dict[str, int]:
        """How many faces of each split have a pixel-identical duplicate, and how many outside train are also in train:
        `{"train with a duplicate": 2509, ..., "val also in train": 289}`, without zeros."""
        several = np.bincount(self.groups)[self.groups] > 1
        table = {f"{split} with a duplicate": int((several & (self.splits == split)).sum()) for split in SPLITS}
        table |= {f"{split} also in train": int((self.leaked & (self.splits == split)).sum()) for split in SPLITS[1:]}
        return {key: count for key, count in table.items() if count}

    def _hash(self) -> str:
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        for part in (self.labels.astype("<i2"), "\n".join(self.splits.tolist()), "\n".join(self.classes)):
            digest.update(part.encode() if isinstance(part, str) else part.tobytes())
        return digest.hexdigest()[:16]


def identical_groups(images: np.ndarray) -> np.ndarray:
    """For each image the index of the first one with exactly its pixels: uint8 (N, ...) -> int32 (N,)."""
    first: dict[bytes, int] = {}
    keys = (hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=16).digest() for image in images)
    return np.fromiter((first.setdefault(key, i) for i, key in enumerate(keys)), np.int32, len(images))


def stratified(labels: np.ndarray, share: float, seed: int, groups: np.ndarray | None = None) -> np.ndarray:
    """bool (N,): a seeded `share` of every class, at least one face of each class that has two.

    With `groups`, faces of one group are taken together (no duplicate on both sides).
    """
    rng = np.random.default_rng(seed)
    unit = np.arange(len(labels)) if groups is None else groups
    chosen = np.zeros(len(labels), bool)
    units = {label: np.unique(unit[labels == label]) for label in np.unique(labels)}
    last = [members[0] for members in units.values() if len(members) == 1]  # their classes have no other
    for members in units.values():
        wanted = min(max(1, round(len(members) * share)), len(members) - 1)
        taken = np.isin(members, unit[chosen])  # with an identical face of another class
        free = rng.permutation(members[~taken & ~np.isin(members, last)])
        chosen |= np.isin(unit, free[: max(0, wanted - taken.sum())])
    return chosen
