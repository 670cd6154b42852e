"""Pictures in class folders -> Loaded. What cannot be read is skipped, counted and named."""

import zipfile
import zlib

import numpy as np

from ferkit import images as decoder
from ferkit.data.sources import layout
from ferkit.data.sources.archive import MAX_MEMBER
from ferkit.data.sources.loaded import Entry, Loaded, Progress, Skipped, check_memory
from ferkit.errors import DataError, MediaError

__all__ = ["read"]

Found = tuple[layout.Place, Entry]


def read(source: str, entries: list[Entry], size: int | None, progress: Progress) -> Loaded:
    """Every picture that lies in a class folder. Raises DataError if there is none, or if they differ in size."""
    found, skipped = _sort_out(entries)
    if not found:
        raise DataError(
            f"No picture of {source} lies in a class folder; expected train|val|test/<class>/pictures or <class>/pictures."
        )
    places: list[layout.Place] = []
    images: list[np.ndarray] = []
    for done, (place, entry) in enumerate(found, 1):
        try:
            image = _decode(entry, size)
        except DataError as error:
            skipped.append(Skipped(place.id, str(error)))
        else:
            _check_size(images, places, image, place, len(found))
            images.append(image)
            places.append(place)
        progress(done, len(found))
    if not images:
        raise DataError(
            f"None of the {len(found):,} pictures of {source} can be read; the first: {skipped[0].name}, {skipped[0].reason}."
        )
    return Loaded(
        images=_stack(images),
        labels=np.array([place.label for place in places]),
        ids=np.array([place.id for place in places]),
        splits=np.array([place.split for place in places]),
        folders=np.array([place.folder for place in places]),
        classes=tuple(sorted({str(place.label) for place, _ in found}, key=lambda name: (name.casefold(), name))),
        skipped=tuple(skipped),
    )


def _sort_out(entries: list[Entry]) -> tuple[list[Found], list[Skipped]]:
    """Pictures in a class folder, in the order of their ids, and every other file with the reason why it is none."""
    pictures = [entry for entry in entries if layout.is_picture(entry.name)]
    others = [entry for entry in entries if not layout.is_picture(entry.name) and not layout.is_clutter(entry.name)]
    skipped = [Skipped(entry.name, "not a picture") for entry in others]
    found: dict[str, Found] = {}
    for place, entry in zip(layout.places([entry.name for entry in pictures]), pictures, strict=True):
        if place.label is None:
            skipped.append(Skipped(place.id, "in no class folder"))
        elif place.id in found:
            skipped.append(Skipped(place.id, "listed twice"))
        else:
            found[place.id] = (place, entry)
    return [found[key] for key in sorted(found)], skipped


def _decode(entry: Entry, size: int | None) -> np.ndarray:
    if entry.size > MAX_MEMBER:
        raise DataError(f"{entry.size / 2**20:,.0f} MB; at most {MAX_MEMBER / 2**20:,.0f} MB")
    try:
        data = entry.read()
    except (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"cannot be read ({' '.join(str(error).split())[:80]})") from error
    try:
        pixels = decoder.decode(data, decoder.FACE)
    except MediaError as error:
        raise DataError(error.reason) from error
    return decoder.gray_if_colourless(pixels if size is None else decoder.fit(pixels, size))


def _check_size(
    images: list[np.ndarray], places: list[layout.Place], image: np.ndarray, place: layout.Place, count: int
) -> None:
    height, width = image.shape[:2]
    if height != width:
        raise DataError(
            f"{place.id} has {width}x{height} pixels, not a square. Pass --size 48, or another, to crop and resize all."
        )
    if images and images[0].shape[:2] != (height, width):
        first = images[0].shape[0]
        raise DataError(
            f"Pictures differ in size: {places[0].id} has {first}x{first} pixels, {place.id} {width}x{height}. "
            f"Pass --size {first} to resize all."
        )
    if not images or (image.ndim == 3 and all(other.ndim == 2 for other in images)):  # the first, the first in colour
        check_memory(count, height, width, 1 if image.ndim == 2 else 3)


def _stack(images: list[np.ndarray]) -> np.ndarray:
    """(N, H, W) if every picture is gray, else (N, H, W, 3)."""
    shape = max((image.shape for image in images), key=len)
    check_memory(len(images), shape[0], shape[1], 1 if len(shape) == 2 else 3)
    stack = np.empty((len(images), *shape), np.uint8)
    for target, image in zip(stack, images, strict=True):
        target[...] = image if image.ndim == len(shape) else image[..., None]
    return stack
