"""The data store: one HDF5 file per dataset, read whole with one call (FER2013: 83 MB, no decoding, no workers)."""

import re
import shutil
from pathlib import Path

import h5py
import numpy as np

from ferkit import files
from ferkit.data.faces import SPLITS, Faces
from ferkit.errors import DataError

__all__ = ["describe", "load", "names", "path_of", "save"]

FORMAT = 1


def path_of(name: str) -> Path:
    """Where the dataset `name` lies. Raises DataError for a name that could climb out of the folder."""
    return files.data_dir() / f"{files.check_name(name, 'A dataset name', DataError)}.h5"


def names() -> list[str]:
    """The datasets in the data folder, by name."""
    return sorted(p.stem for p in files.data_dir().glob("*.h5") if not p.name.startswith("."))


def save(faces: Faces, path: Path | None = None) -> Path:
    """Write a dataset, whole or not at all; returns its path. Raises FerkitError if the disk is full or closed to
    us."""
    path = path or path_of(faces.name)
    _make_room(path, faces.images.nbytes)
    with files.whole(path) as beside:
        try:
            _write(faces, beside)
        except (OSError, RuntimeError) as error:  # HDF5 says either, over several lines
            reason = re.search(r"error message = '([^']+)'", str(error))
            raise OSError(reason[1] if reason else getattr(error, "strerror", None) or str(error)) from error
    return path


def _make_room(path: Path, needed: int) -> None:
    """The folder, and a word before the work if the disk cannot take `needed` bytes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise DataError(
            f"Could not write {path.name}: {error.strerror}. Set FERKIT_DATA to a folder that can be written to."
        ) from error
    if free < needed:
        raise DataError(
            f"{path.name} needs {needed / 2**20:,.0f} MB and {free / 2**20:,.0f} MB are free. Free some space and try again."
        )


def _write(faces: Faces, path: Path) -> None:
    with h5py.File(path, "w") as store:
        store["images"], store["labels"] = faces.images, faces.labels.astype(np.int16)
        store["groups"] = faces.groups.astype(np.int32)
        for key in ("ids", "splits"):
            store.create_dataset(key, data=getattr(faces, key).tolist(), dtype=h5py.string_dtype())
        if faces.votes is not None:
            store["votes"] = faces.votes.astype(np.uint8)
        store.attrs.update(
            format=FORMAT, classes=list(faces.classes), vote_names=list(faces.vote_names), fingerprint=faces.fingerprint
        )


def load(name: str) -> Faces:
    """Read a dataset whole. Raises DataError if it is missing, cut short or of another format."""
    path = path_of(name)
    if not path.is_file():
        known = ", ".join(names()) or "none yet"
        raise DataError(
            f"No dataset {name!r} in {path.parent.name}/ (there: {known}). Import one: python -m ferkit data import SOURCE --name {name}"
        )
    try:
        with h5py.File(path, "r") as store:
            return _read(name, store)
    except (OSError, KeyError, ValueError, RuntimeError, TypeError, AttributeError) as error:
        reason = " ".join(str(error).split())[:120]
        raise DataError(
            f"{path.name} is cut short or not a ferkit data store ({reason}). Import the dataset again."
        ) from error


def _read(name: str, store: h5py.File) -> Faces:
    if store.attrs["format"] != FORMAT:
        raise ValueError(f"format {store.attrs['format']}, expected {FORMAT}")
    parts = {key: store[key][:] for key in ("images", "labels", "groups")}
    parts |= {key: store[key].asstr()[:].astype(str) for key in ("ids", "splits")}
    votes = store["votes"][:] if "votes" in store else None
    classes, vote_names = (tuple(str(n) for n in store.attrs[key]) for key in ("classes", "vote_names"))
    _check(parts | ({} if votes is None else {"votes": votes}), classes)
    return Faces(
        name=name,
        classes=classes,
        votes=votes,
        vote_names=vote_names,
        fingerprint=str(store.attrs["fingerprint"]),
        **parts,
    )


def _check(parts: dict[str, np.ndarray], classes: tuple[str, ...]) -> None:
    """Raise ValueError unless the parts fit together, so that nobody meets an index out of range later."""
    lengths = {key: len(part) for key, part in parts.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError("its parts have different lengths: " + ", ".join(f"{key} {n}" for key, n in lengths.items()))
    images, labels, groups = parts["images"], parts["labels"], parts["groups"]
    if images.dtype != np.uint8 or not (images.ndim == 3 or (images.ndim == 4 and images.shape[3] == 3)):
        raise ValueError(f"images are {images.dtype} {images.shape}, expected uint8 (N, H, W) or (N, H, W, 3)")
    if len(labels) and (
        labels.min() < 0 or labels.max() >= len(classes) or groups.min() < 0 or groups.max() >= len(labels)
    ):
        raise ValueError("labels or groups point outside the dataset")
    if not np.isin(parts["splits"], SPLITS).all():
        raise ValueError(f"a split is none of {', '.join(SPLITS)}")


def describe(name: str) -> dict:
    """Name, faces, size, channels, classes, counts and fingerprint of a stored dataset, as plain values."""
    faces = load(name)
    return {
        "name": name,
        "n": len(faces),
        "size": faces.size,
        "channels": faces.channels,
        "classes": list(faces.classes),
        "counts": faces.counts(),
        "duplicates": faces.duplicates(),
        "votes": faces.votes is not None,
        "fingerprint": faces.fingerprint,
    }
