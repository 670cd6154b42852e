"""The pixels a run was trained on, remembered as hashes: whether a face was among them can be asked for any dataset.

`train-hashes.npy` holds 8 bytes of BLAKE2b for each different image, sorted, uint64 (M,): 230 kB for FER2013. Hashes
are of pixels as the dataset stores them, so a copy in another size or compression is not recognised. Among M trained
images an unrelated one is taken for one of them with a probability of M / 2^64, under 10^-14.
"""

import hashlib
from pathlib import Path

import numpy as np

from ferkit.errors import RunError
from ferkit.runs.tables import read_array

__all__ = ["NAME", "merge", "pixel_hashes", "read", "write"]

NAME = "train-hashes.npy"


def pixel_hashes(images: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W) or (N, H, W, 3) -> uint64 (N,)."""
    shape = str(images.shape[1:]).encode()
    digests = (hashlib.blake2b(np.ascontiguousarray(i).tobytes(), digest_size=8, key=shape).digest() for i in images)
    return np.frombuffer(b"".join(digests), "<u8")


def write(folder: Path, *hashes: np.ndarray) -> None:
    """Store what a run was trained on, for `read`."""
    np.save(folder / NAME, merge(*hashes), allow_pickle=False)


def merge(*hashes: np.ndarray) -> np.ndarray:
    """Each hash once, sorted."""
    return np.unique(np.concatenate(hashes)).astype("<u8")


def read(folder: Path) -> np.ndarray | None:
    """uint64 (M,), sorted; None where the run does not know. Raises RunError for a broken file."""
    path = folder / NAME
    if not path.exists():
        return None
    hashes = read_array(path)
    if hashes.ndim != 1 or hashes.dtype != np.dtype("<u8"):
        raise RunError(f"{folder.name}/{NAME} does not hold hashes. Delete it or copy it again.")
    return hashes
