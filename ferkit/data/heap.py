"""The global heaps of an HDF5 file, in which it keeps its strings: one damaged byte makes the HDF5 library walk a heap
for ever, with its lock held, so each is walked here first.

HDF5 File Format Specification 3.0, III.E: "GCOL", version, size; then objects of index, references, size, data.
"""

import struct
from pathlib import Path

import h5py

__all__ = ["check_heaps"]

SIGNATURE = b"GCOL\x01"
HEAD = 16  # bytes of the head of a heap, and of an object


def check_heaps(path: Path, file: h5py.File) -> None:
    """Raise ValueError for a heap whose objects do not fill it. The images, which hold no strings, are not searched."""
    size = path.stat().st_size
    start, end = _images(file)
    with path.open("rb") as raw:
        for begin, stop in ((0, start), (end, size)) if start < end <= size else ((0, size),):
            raw.seek(begin)
            _check(raw.read(stop - begin))


def _images(file: h5py.File) -> tuple[int, int]:
    """Where the bytes of the images begin and end in the file; (0, 0) where they are not one piece."""
    if not isinstance(file.get("images", getlink=True), h5py.HardLink):
        return 0, 0
    part = file["images"]
    at = part.id.get_offset() if isinstance(part, h5py.Dataset) else None
    return (0, 0) if at is None else (at, at + part.id.get_storage_size())


def _check(content: bytes) -> None:
    at = content.find(SIGNATURE)
    while at >= 0:
        (size,) = struct.unpack_from("<Q", content.ljust(at + HEAD, b"\0"), at + 8)
        if not HEAD <= size <= len(content) - at:
            raise ValueError("its strings are damaged")
        _walk(content, at + HEAD, at + size)
        at = content.find(SIGNATURE, at + 1)


def _walk(content: bytes, at: int, end: int) -> None:
    while at + HEAD <= end:
        index, _, size = struct.unpack_from("<HH4xQ", content, at)
        need = HEAD + -(-size // 8) * 8 if index else size  # object 0 is free space, its size that of head and data
        if not 0 < need <= end - at:
            raise ValueError("its strings are damaged")
        at += need
