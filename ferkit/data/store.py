"""The data store: one HDF5 file per dataset, read whole with one call (FER2013: 83 MB, no decoding, no workers)."""

from pathlib import Path

import h5py
import numpy as np

from ferkit import files
from ferkit.data.faces import Faces
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
    """Write a dataset, whole or not at all; returns its path."""
    path = path or path_of(faces.name)
    with files.whole(path) as beside, h5py.File(beside, "w") as store:
        store["images"], store["labels"] = faces.images, faces.labels.astype(np.int16)
        store["groups"] = faces.groups.astype(np.int32)
        for key in ("ids", "splits"):
            store.create_dataset(key, data=getattr(faces, key).tolist(), dtype=h5py.string_dtype())
        if faces.votes is not None:
            store["votes"] = faces.votes.astype(np.uint8)
        store.attrs.update(
            format=FORMAT, classes=list(faces.classes), vote_names=list(faces.vote_names), fingerprint=faces.fingerprint
        )
    return path


def load(name: str) -> Faces:
    """Read a dataset whole. Raises DataError if it is missing, cut short or of another format."""
    path = path_of(name)
    if not path.is_file():
        known = ", ".join(names()) or "none yet"
        raise DataError(f"No dataset {name!r} in {path.parent.name}/ (there: {known}). Import one: python -m ferkit data import SOURCE --name {name}")
    try:
        with h5py.File(path, "r") as store:
            faces = _read(name, store)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise DataError(f"{path.name} is cut short or not a ferkit data store ({error}). Import the dataset again.") from error
    if not len(faces.images) == len(faces.labels) == len(faces.ids) == len(faces.splits) == len(faces.groups):
        raise DataError(f"{path.name} is cut short: its parts have different lengths. Import the dataset again.")
    return faces


def _read(name: str, store: h5py.File) -> Faces:
    if store.attrs["format"] != FORMAT:
        raise ValueError(f"format {store.attrs['format']}, expected {FORMAT}")
    return Faces(
        name=name,
        images=store["images"][:],
        labels=store["labels"][:],
        ids=store["ids"].asstr()[:].astype(str),
        splits=store["splits"].asstr()[:].astype(str),
        classes=tuple(str(c) for c in store.attrs["classes"]),
        votes=store["votes"][:] if "votes" in store else None,
        vote_names=tuple(str(v) for v in store.attrs["vote_names"]),
        groups=store["groups"][:],
        fingerprint=str(store.attrs["fingerprint"]),
    )


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
