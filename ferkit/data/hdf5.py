"""Read the parts of an HDF5 file that anybody may have written.

Each part is checked by its header before a byte of it is read: a file of a few kilobytes can declare terabytes, and a
link, a virtual dataset or external storage leads to other files. All of these are refused, never followed.
"""

import math
import os
from pathlib import Path

import h5py
import numpy as np

from ferkit.data import mapped
from ferkit.data.heap import check_heaps
from ferkit.text import is_printable

__all__ = ["MAX_BYTES", "array", "check_file", "images", "names", "number", "text", "texts"]

MAX_BYTES = 8 * 2**30  # of one part in memory
MAX_MAPPED = 2**38  # of the images, which stay in the file
MAX_NAMES = 1000  # in a list of classes or vote names
MAX_TEXT = 1000  # bytes of one id or name
MAX_TEXT_TABLE = 2**30  # bytes of a column of ids as a numpy array
SPARSE = 2**28  # bytes from which a file must take up room on the disk
REFERENCE = 16  # bytes a string of variable length takes in its dataset: length, address, index
LAYOUTS = (h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS, h5py.h5d.CHUNKED)


def check_file(path: Path, file: h5py.File) -> None:
    """Raise ValueError for a file that is mostly holes, or whose addresses are not those `store.save` writes."""
    status = os.stat(path)
    if status.st_size > SPARSE and status.st_blocks * 512 < status.st_size // 10:
        raise ValueError(f"it claims {_amount(status.st_size)} and takes up {_amount(status.st_blocks * 512)}")
    settings = file.id.get_create_plist()
    if settings.get_userblock() or settings.get_sizes() != (8, 8):
        raise ValueError("its addresses have another form than ferkit writes")
    check_heaps(path, file)


def array(file: h5py.File, key: str, kinds: str) -> np.ndarray:
    """A part of numbers. Raises ValueError unless its type is one of numpy's `kinds`, as in "iu"."""
    part = _part(file, key)
    if part.dtype.kind not in kinds or part.dtype.subdtype or part.dtype.metadata:
        raise ValueError(f"{key} holds {part.dtype}, expected {'whole' if kinds == 'iu' else 'other'} numbers")
    _check_size(file, key, part)
    return np.asarray(part[...])


def images(file: h5py.File, path: Path) -> np.ndarray:
    """The images: in memory, or left in the file where they are many (see `ferkit.data.mapped`)."""
    part = _part(file, "images")
    at = part.id.get_offset()
    if part.dtype != np.uint8 or at is None or math.prod(part.shape) < mapped.MAPPED:
        return array(file, "images", "u")
    _check_size(file, "images", part, MAX_MAPPED)
    return mapped.mapped(path, at, part.shape)


def texts(file: h5py.File, key: str, path: Path) -> np.ndarray:
    """A part of strings as str (N,). Raises ValueError if it is another, or if the strings are longer than the file."""
    part = _part(file, key)
    kind = h5py.check_string_dtype(part.dtype)
    if kind is None or part.ndim != 1:
        raise ValueError(f"{key} holds {part.dtype} of {part.ndim} dimensions, expected a list of strings")
    _check_size(file, key, part)
    longest = kind.length if kind.length is not None else _longest(part, key, path)
    if longest > MAX_TEXT or 4 * longest * len(part) > MAX_TEXT_TABLE:
        raise ValueError(f"{key} has strings of {longest:,} bytes, expected at most {MAX_TEXT:,}")
    return part.asstr()[:].astype(str)


def number(file: h5py.File, key: str) -> int:
    """An attribute that is one whole number."""
    value = _attribute(file, key, 1)
    if isinstance(value, int | np.integer):
        return int(value)
    raise ValueError(f"the attribute {key} is {type(value).__name__}, expected a whole number")


def text(file: h5py.File, key: str) -> str:
    """An attribute that is one string."""
    value = _attribute(file, key, 1)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"the attribute {key} is {type(value).__name__}, expected a string")
    return value


def names(file: h5py.File, key: str) -> tuple[str, ...]:
    """An attribute that is a list of different, printable strings."""
    value = _attribute(file, key, MAX_NAMES)
    values = value.tolist() if isinstance(value, np.ndarray) and value.ndim == 1 else None
    if values is None or not all(isinstance(name, str) for name in values):
        raise ValueError(f"the attribute {key} is not a list of strings")
    if len(set(values)) < len(values) or not all(0 < len(name) <= MAX_TEXT and is_printable(name) for name in values):
        raise ValueError(f"the names in {key} are empty, not printable or not all different")
    return tuple(values)


def _part(file: h5py.File, key: str) -> h5py.Dataset:
    """The dataset at the top of this very file."""
    link = file.get(key, getlink=True)
    if link is None:
        raise ValueError(f"it has no {key}")
    if type(link) is not h5py.HardLink:
        raise ValueError(f"{key} is a link to elsewhere")
    part = file[key]
    if not isinstance(part, h5py.Dataset) or part.shape is None:
        raise ValueError(f"{key} is not an array")
    settings = part.id.get_create_plist()
    if settings.get_external_count() or settings.get_layout() not in LAYOUTS:
        raise ValueError(f"{key} is stored in another file")
    if settings.get_nfilters():
        raise ValueError(f"{key} is compressed, expected plain values; h5repack -f NONE writes them")
    return part


def _check_size(file: h5py.File, key: str, part: h5py.Dataset, most: int = MAX_BYTES) -> None:
    """Raise ValueError unless all that the part declares is stored in the file."""
    declared = part.dtype.itemsize * math.prod(part.shape)
    chunk = part.dtype.itemsize * math.prod(part.chunks or (0,))
    stored = min(part.id.get_storage_size(), file.id.get_filesize())
    if max(declared, chunk) > stored:
        raise ValueError(f"{key} declares {_amount(max(declared, chunk))} and holds {_amount(stored)}")
    if declared > most:
        raise ValueError(f"{key} takes {_amount(declared)}, expected at most {_amount(most)}")


def _longest(part: h5py.Dataset, key: str, path: Path) -> int:
    """Bytes of the longest string of variable length, from the references to them.

    References may all point to the same long string: together they must not be longer than the file.
    """
    at = part.id.get_offset()
    if not len(part):
        return 0
    if at is None or part.id.get_create_plist().get_layout() != h5py.h5d.CONTIGUOUS:
        raise ValueError(f"{key} is stored in chunks, expected one piece")
    references = np.fromfile(path, np.uint8, count=REFERENCE * len(part), offset=at).reshape(len(part), REFERENCE)
    lengths = references[:, :4].copy().view("<u4")
    if lengths.sum(dtype=np.int64) > path.stat().st_size:
        raise ValueError(f"the strings of {key} are longer than the file")
    return int(lengths.max())


def _attribute(file: h5py.File, key: str, most: int) -> object:
    if key not in file.attrs:
        raise ValueError(f"it has no attribute {key}")
    shape = file.attrs.get_id(key).shape
    if shape is None or len(shape) > 1 or math.prod(shape) > most:
        raise ValueError(f"the attribute {key} has the shape {shape}, expected at most {most} values")
    return file.attrs[key]


def _amount(count: int) -> str:
    """1500000 -> "1.5 MB"."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.3g} GB" if amount < 1000 else f"{amount:,.0f} GB"
