"""The data store: one HDF5 file per dataset, read with one call (FER2013: 83 MB, no decoding, no workers).

Of a large one the images stay in the file: see `ferkit.data.mapped`.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import h5py
import numpy as np

from ferkit import files
from ferkit.data import hdf5
from ferkit.data.checks import check_labels, check_parts, check_votes
from ferkit.data.faces import Faces
from ferkit.errors import DataError

__all__ = ["StoredVotes", "describe", "load", "names", "path_of", "save", "suggest", "votes"]

FORMAT = 1
T = TypeVar("T")
ENDINGS = re.compile(r"(\.tar)?\.(zip|csv|tar|gz|tgz|bz2|xz)$", re.IGNORECASE)


def path_of(name: str) -> Path:
    """Where the dataset `name` lies. Raises DataError for a name that could climb out of the folder."""
    return files.data_dir() / f"{files.check_name(name, 'A dataset name', DataError)}.h5"


def suggest(source: str) -> str:
    """A dataset name after that of its file or folder, which may be anything: fer2013.tar.gz -> fer2013."""
    stem = ENDINGS.sub("", source.replace("\\", "/").rsplit("/", 1)[-1])
    return re.sub(r"[^A-Za-z0-9._ -]+", "-", stem).lstrip("._ -")[:80].strip() or "faces"


def names() -> list[str]:
    """The datasets in the data folder, readable or not, by name; files with a name no dataset can have are left out."""
    return sorted(path.stem for path in files.data_dir().glob("*.h5") if files.NAME.fullmatch(path.stem))


def save(faces: Faces, path: Path | None = None) -> Path:
    """Write a dataset, all of it or nothing; returns its path. Raises FerkitError if the disk is full or read-only."""
    path = path or path_of(faces.name)
    _check(faces)
    _make_room(path, faces.images.nbytes)
    with files.atomic_write(path) as partial:
        try:
            _write(faces, partial)
        except (OSError, RuntimeError) as error:  # HDF5 says either, over several lines
            reason = re.search(r"error message = '([^']+)'", str(error))
            raise OSError(reason[1] if reason else getattr(error, "strerror", None) or str(error)) from error
    return path


def _make_room(path: Path, needed: int) -> None:
    """Make the folder. Raises DataError before the work if the disk cannot take `needed` bytes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise DataError(
            f"Could not write {path.name}: {error.strerror}. Set FERKIT_DATA to a folder that can be written to."
        ) from error
    if free < needed:
        raise DataError(
            f"{path.name} needs {needed / 2**20:,.0f} MB and {free / 2**20:,.0f} MB are free. "
            "Free some space and try again."
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
    """Read a dataset into memory; images of more than `mapped.MAPPED` bytes stay in the file, read-only.

    faces = load("fer2013")
    faces.images[0], faces.classes[faces.labels[0]]

    Raises DataError if it is missing, cut short, of another format, or made to do harm: see `ferkit.data.hdf5`.
    """
    return _opened(name, lambda path, file: _read(name, path, file))


@dataclass(frozen=True, eq=False)
class StoredVotes:
    """The votes of a dataset, without its images."""

    votes: np.ndarray  # uint8 (N, V)
    names: tuple[str, ...]  # of the V choices
    classes: tuple[str, ...]
    labels: np.ndarray  # int16 (N,), an index into classes
    splits: np.ndarray  # str (N,)
    leaked: np.ndarray  # bool (N,): as `Faces.leaked`


def votes(name: str) -> StoredVotes | None:
    """The votes alone, without reading an image; None where the dataset has none.

    Raises DataError as `load`.
    """
    return _opened(name, _read_votes)


def _read_votes(path: Path, file: h5py.File) -> StoredVotes | None:
    hdf5.check_file(path, file)
    if "votes" not in file:
        return None
    votes, splits = hdf5.array(file, "votes", "u"), hdf5.texts(file, "splits", path)
    classes, names = hdf5.names(file, "classes"), hdf5.names(file, "vote_names")
    labels, groups = (hdf5.array(file, name, "iu") for name in ("labels", "groups"))
    check_votes(votes, names)
    check_labels(labels, classes)
    parts = {"votes": votes, "labels": labels, "splits": splits, "groups": groups}
    if len(set(map(len, parts.values()))) > 1:
        lengths = ", ".join(f"{name} {len(part)}" for name, part in parts.items())
        raise ValueError(f"its parts have different lengths: {lengths}")
    leaked = (splits != "train") & np.isin(groups, groups[splits == "train"])
    return StoredVotes(votes, names, classes, labels.astype(np.int16), splits, leaked)


def _opened(name: str, read: Callable[[Path, h5py.File], T]) -> T:
    """What `read` makes of the store. Raises DataError."""
    path = path_of(name)
    if not path.exists():
        others = ", ".join(names()) or "none yet"
        raise DataError(
            f"No dataset {name!r} in {path.parent.name}/ (there: {others}). "
            f"Import one: python -m ferkit data import SOURCE --name {name}"
        )
    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Move it out of {path.parent.name}/.")
    try:
        with h5py.File(path, "r") as file:
            return read(path, file)
    except Exception as error:  # HDF5 raises nearly anything on broken bytes: OSError, KeyError, RuntimeError ...
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise DataError(
            f"{path.name} is cut short or not a ferkit data store ({reason}). Import the dataset again."
        ) from error


def _read(name: str, path: Path, file: h5py.File) -> Faces:
    hdf5.check_file(path, file)
    if (number := hdf5.number(file, "format")) != FORMAT:
        raise ValueError(f"format {number}, expected {FORMAT}")
    classes, vote_names = hdf5.names(file, "classes"), hdf5.names(file, "vote_names")
    parts = {key: hdf5.array(file, key, "iu") for key in ("labels", "groups")}
    parts |= {key: hdf5.texts(file, key, path) for key in ("ids", "splits")}
    parts["images"] = hdf5.images(file, path)
    votes = hdf5.array(file, "votes", "u") if "votes" in file else None
    check_parts(parts, classes, votes, vote_names)
    parts |= {"labels": parts["labels"].astype(np.int16), "groups": parts["groups"].astype(np.int32)}
    fingerprint = hdf5.text(file, "fingerprint")
    return Faces(name=name, classes=classes, votes=votes, vote_names=vote_names, fingerprint=fingerprint, **parts)


def _check(faces: Faces) -> None:
    """Raise DataError for what `load` would refuse."""
    parts = {key: getattr(faces, key) for key in ("images", "labels", "groups", "ids", "splits")}
    try:
        check_parts(parts, faces.classes, faces.votes, faces.vote_names)
    except ValueError as error:
        raise DataError(f"{faces.name} is not stored: {error}.") from error


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
