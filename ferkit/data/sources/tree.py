"""Images in class folders -> Loaded. What cannot be read is skipped, counted and named."""

import zipfile
import zlib

import numpy as np

from ferkit import images as decoder
from ferkit.data.sources import layout
from ferkit.data.sources.limits import MAX_DECODED_RATIO, MAX_FILES, MAX_MEMBER, MAX_PATH
from ferkit.data.sources.loaded import Entry, Loaded, Progress, Skipped
from ferkit.data.sources.stack import Stack
from ferkit.errors import DataError, MediaError

__all__ = ["check_ratio", "read"]

UNREADABLE = (OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)
FREE = 2**30  # bytes of pixels that any source may unpack to
Placed = tuple[layout.Place, Entry]


def read(source: str, entries: list[Entry], size: int | None, progress: Progress) -> Loaded:
    """Every image that lies in a class folder. Raises DataError if there is none, or if they differ in size."""
    placed, skipped = _sort_out(source, entries)
    places: list[layout.Place] = []
    stack, packed, decoded = Stack(len(placed)), 0, 0
    for done, (place, entry) in enumerate(placed, 1):
        try:
            content = _content(entry)
            pixels = decoder.decode(content, decoder.FACE)
        except (DataError, MediaError) as error:
            skipped.append(Skipped(place.id, getattr(error, "reason", str(error))))
        else:
            packed, decoded = packed + len(content), decoded + pixels.nbytes
            check_ratio(source, packed, decoded)
            stack.add(place.id, decoder.gray_if_colourless(pixels if size is None else decoder.fit(pixels, size)))
            places.append(place)
        progress(done, len(placed))
    if not places:
        first = skipped[0]
        raise DataError(
            f"None of the {len(placed):,} images of {source} can be read; the first: {first.name}, {first.reason}."
        )
    return Loaded(
        images=stack.images,
        labels=np.array([place.label for place in places]),
        ids=np.array([place.id for place in places]),
        splits=np.array([place.split for place in places]),
        folders=np.array([place.folder for place in places]),
        classes=tuple(sorted({str(place.label) for place, _ in placed}, key=lambda name: (name.casefold(), name))),
        skipped=tuple(skipped),
    )


def _sort_out(source: str, entries: list[Entry]) -> tuple[list[Placed], list[Skipped]]:
    """Images in a class folder, in the order of their ids, and every other file with the reason why it is left out.

    Raises DataError if no image lies in a class folder, or if there are too many.
    """
    if len(entries) > MAX_FILES:
        raise DataError(f"{source} holds {len(entries):,} files; at most {MAX_FILES:,} are read.")
    images = [entry for entry in entries if layout.is_image(entry.name)]
    others = [entry for entry in entries if not layout.is_image(entry.name) and not layout.is_clutter(entry.name)]
    skipped = [Skipped(entry.name, _why_not(entry.name)) for entry in others]
    placed: dict[str, Placed] = {}
    for place, entry in zip(layout.places([entry.name for entry in images]), images, strict=True):
        if place.label is None:
            skipped.append(Skipped(place.id, "in no class folder"))
        elif len(place.id) > MAX_PATH:
            skipped.append(Skipped(place.id[:100] + "…", f"a path of {len(place.id):,} characters; at most {MAX_PATH}"))
        elif place.id in placed:
            skipped.append(Skipped(place.id, "listed twice"))
        else:
            placed[place.id] = (place, entry)
    if not placed:
        raise DataError(
            f"No image of {source} lies in a class folder; expected train|val|test/<class>/images or <class>/images."
        )
    return [placed[key] for key in sorted(placed)], skipped


def _why_not(name: str) -> str:
    return "an archive in the archive; unpack it first" if layout.is_archive(name) else "not an image"


def _content(entry: Entry) -> bytes:
    if entry.size > MAX_MEMBER:
        raise DataError(f"{entry.size / 2**20:,.0f} MB; at most {MAX_MEMBER / 2**20:,.0f} MB")
    try:
        return entry.read()
    except UNREADABLE as error:
        raise DataError(f"cannot be read ({' '.join(str(error).split())[:80]})") from error


def check_ratio(source: str, packed: int, decoded: int) -> None:
    """Raise DataError where flat images of many pixels would take minutes and gigabytes to unpack."""
    if decoded > max(FREE, MAX_DECODED_RATIO * packed):
        raise DataError(
            f"The images of {source} have over {MAX_DECODED_RATIO} times as many bytes of pixels as of files, as only "
            "a decompression bomb has; it is not read."
        )
