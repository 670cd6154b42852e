"""The training faces nearest to each face of a split, read as untrusted like the tables in `tables`."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ferkit.runs.untrusted import check, refusing
from ferkit.text import is_printable

__all__ = ["NearestTrain", "read_nearest"]

LARGEST = 256 << 20  # bytes, unpacked
MOST = 100  # neighbours of a face


@dataclass(frozen=True, eq=False)
class NearestTrain:
    """What `<split>-nearest.npz` holds: N faces, k training faces near each, D features; distances are 1 - cosine of
    the features, in [0, 2].

    A training face is known by its place among the training faces of a dataset, in their order. `centres` stand for all
    of them where the dataset is not at hand: see `ferkit.embed.novelty`.
    """

    rows: np.ndarray  # int (N, k), the nearest first; a face itself is never among them
    labels: np.ndarray  # int (N, k): their labels, indices into the classes of the run
    distance: np.ndarray  # float32 (N, k)
    true_rows: np.ndarray  # int (N,): the nearest one with the face's own label; -1 where there is none
    true_distance: np.ndarray  # float32 (N,); not a number where there is none
    far: float  # distance to the kth that 99% of the split do not exceed
    centres: np.ndarray  # float16 (K, D), of length 1
    centre_labels: np.ndarray  # int (K,)
    centre_far: float  # distance to the nearest centre that 99% of the split do not exceed
    data: str  # the dataset of the training faces
    fingerprint: str  # of that dataset
    n: int  # training faces


def read_nearest(path: Path, classes: int, n: int | None = None) -> NearestTrain:
    """The file, of `n` faces where that is known. Raises RunError."""
    with refusing(path):
        with zipfile.ZipFile(path) as archive:
            check(sum(entry.file_size for entry in archive.infolist()) <= LARGEST, "it is too large")
        with np.load(path, allow_pickle=False) as stored:
            names = list(NearestTrain.__dataclass_fields__)
            missing = [name for name in names if name not in stored.files]
            check(not missing, f"it has no {missing[:1]}")
            arrays = {name: stored[name] for name in names}
        _check(arrays, classes, n)
        floats = {name: arrays[name].astype(np.float32) for name in ("distance", "true_distance")}
        places = {name: arrays[name].astype(np.int64) for name in ("rows", "labels", "true_rows", "centre_labels")}
        return NearestTrain(
            **floats,
            **places,
            centres=arrays["centres"],
            far=float(arrays["far"]),
            centre_far=float(arrays["centre_far"]),
            data=str(arrays["data"]),
            fingerprint=str(arrays["fingerprint"]),
            n=int(arrays["n"]),
        )


def _check(arrays: dict[str, np.ndarray], classes: int, n: int | None) -> None:
    shape, among = arrays["rows"].shape, int(arrays["n"]) if arrays["n"].shape == () else 0
    check(len(shape) == 2 and 0 < shape[1] <= MOST, "expected a table of faces")
    check(n in (None, shape[0]), f"expected {n} faces, got {shape[0]}")
    for name, low, high in (("rows", 0, among), ("labels", 0, classes), ("true_rows", -1, among)):
        values = arrays[name]
        check(values.shape == (shape if name != "true_rows" else shape[:1]), f"{name} has another shape")
        check(values.dtype.kind in "iu", f"{name} does not hold whole numbers")
        check(bool(((values.astype(np.int64) >= low) & (values.astype(np.int64) < high)).all()), f"{name} out of range")
    own = np.isfinite(arrays["true_distance"]) | (arrays["true_rows"] < 0)
    check(arrays["distance"].shape == shape and arrays["true_distance"].shape == shape[:1], "distances are missing")
    check(bool(np.isfinite(arrays["distance"]).all() and own.all()), "a distance is not a number")
    centres, labels = arrays["centres"], arrays["centre_labels"]
    check(centres.ndim == 2 and centres.dtype == np.float16 and bool(np.isfinite(centres).all()), "centres are broken")
    check(labels.shape == centres.shape[:1] and labels.dtype.kind in "iu" and len(labels) > 0, "centres lack labels")
    check(bool((labels.astype(np.int64) < classes).all()), "a centre is of a class that the run lacks")
    for name in ("far", "centre_far"):
        check(arrays[name].shape == () and bool(np.isfinite(arrays[name])), f"{name} is not a number")
    for name in ("data", "fingerprint"):
        text = str(arrays[name])
        check(arrays[name].dtype.kind == "U" and len(text) <= 200 and is_printable(text), f"{name} is not a name")
