"""Read photos by the dozen: many files, and zips of photos, one photo in memory at a time.

    with photos.opened([("a.jpg", content), ("holiday.zip", zipped)]) as sources:
        for photo in photos.read_each(sources, classifier, detector):
            photo.name, photo.reading or photo.problem

A file that cannot be read is a photo with a problem, and the others go on. Of each photo only the faces are kept. Zips
are read in memory by the rules of `ferkit.data.sources`; beyond these hold the limits below.
"""

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ferkit import images
from ferkit.data.sources import layout, tree, zips
from ferkit.data.sources.loaded import Entry
from ferkit.errors import FerkitError, MediaError
from ferkit.faces.crop import square_crop
from ferkit.faces.detect import Detector
from ferkit.predict.photo import PhotoReading, read
from ferkit.text import printable

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = [
    "LIMITS", "MOST_FACES", "MOST_MEGABYTES", "MOST_PHOTOS", "THUMBNAIL", "File", "Photo", "Source", "is_zip", "opened",
    "read_each",
]  # fmt: skip

MOST_PHOTOS = 200  # at once
MOST_MEGABYTES = 100  # of all files together, and of all photos of a zip unpacked
MOST_FACES = 1000  # of all photos together
MOST_LISTED = 2**19  # bytes of a zip's list of files: some five thousand
THUMBNAIL = 96  # pixels a side
LIMITS = f"At most {MOST_PHOTOS} photos, {MOST_MEGABYTES} MB and {MOST_FACES:,} faces are read at once."
BROKEN = "cannot be read ({}); copy it again"
File = tuple[str, bytes]  # its name and content


@dataclass(frozen=True)
class Source:
    """A photo that is still to be read."""

    name: str  # printable; of a photo in a zip, its path there
    content: Callable[[], bytes]  # raises a FerkitError that says why it is not read


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo that was read, or the problem with it."""

    name: str
    reading: PhotoReading | None = None
    thumbnails: tuple[np.ndarray, ...] = ()  # uint8 RGB (THUMBNAIL, THUMBNAIL, 3), one a face
    problem: str = ""  # why there is no reading, in a few words
    message: str = ""  # the same as a sentence


def is_zip(name: str, content: bytes) -> bool:
    """Whether a file is, or is named like, a zip; no photo begins like one."""
    return content[:2] == b"PK" or name.casefold().endswith(".zip")


@contextlib.contextmanager
def opened(files: Sequence[File]) -> Iterator[list[Source]]:
    """The photos of the files and zips, in their order, to be read inside the block.

    A zip that is broken, encrypted, hostile or without a photo, a file in it that is none, and what is beyond the
    limits is a Source whose `content` raises.
    """
    with contextlib.ExitStack() as stack:
        found: list[tuple[Source, int]] = []
        for name, content in files:
            if is_zip(name, content):
                found += _zipped(stack, printable(name), content)
            else:
                found.append((Source(printable(name), lambda content=content: content), len(content)))  # type: ignore[misc]
        yield _within_limits(found)


def read_each(
    sources: Sequence[Source], classifier: "Classifier", detector: Detector, **options: Any
) -> Iterator[Photo]:
    """Each photo as it is read by `ferkit.predict.read` with these options, or the problem with it."""
    packed = decoded = faces = 0
    stopped: FerkitError | None = None
    for source in sources:
        try:
            if stopped is not None:
                raise stopped
            content = source.content()
            image = images.open_photo(content)
            packed, decoded = packed + len(content), decoded + image.nbytes
            stopped = _stopped(packed, decoded, faces)
            if stopped is not None:
                raise stopped
            photo = _read(source.name, image, classifier, detector, options)
        except FerkitError as error:
            yield Photo(source.name, problem=getattr(error, "reason", str(error)), message=str(error))
        else:
            faces += len(photo.thumbnails)
            yield photo


def _read(name: str, image: np.ndarray, classifier: "Classifier", detector: Detector, options: dict[str, Any]) -> Photo:
    reading = read(image, classifier, detector, **options)
    crops = (square_crop(image, face.box, reading.margin) for face in reading.faces)
    return Photo(name, reading, tuple(images.resize(crop, THUMBNAIL, THUMBNAIL) for crop in crops))


def _stopped(packed: int, decoded: int, faces: int) -> FerkitError | None:
    """Why nothing more is read."""
    if faces >= MOST_FACES:
        return MediaError(f"Not read: {MOST_FACES:,} faces were found before it. Choose fewer photos.")
    try:
        tree.check_ratio("this upload", packed, decoded)
    except FerkitError as error:
        return error
    return None


def _zipped(stack: contextlib.ExitStack, name: str, content: bytes) -> list[tuple[Source, int]]:
    """The photos of a zip with their sizes; where it cannot be read, one Source that says so."""
    try:
        if len(content) > MOST_MEGABYTES * 10**6:
            raise MediaError(f"{name} has {len(content) / 1e6:.0f} MB; at most {MOST_MEGABYTES} MB are read.")
        _check_listing(name, content)
        entries = stack.enter_context(zips.entries(io.BytesIO(content), name))
        photos = [entry for entry in entries if not layout.is_clutter(entry.name)]
        if not photos:
            raise MediaError(f"{name} holds no photo; expected {images.NAMES}.")
    except FerkitError as error:
        return [(Source(name, _refused(error)), 0)]
    return [_entry(entry) for entry in photos]


def _check_listing(name: str, content: bytes) -> None:
    """Raise MediaError for a zip whose list of files is too long to be read at all, before any of it is read."""
    tail = content[-(2**16 + 22 + 20) :]  # where a list's length stands: a comment of at most 64 KiB may follow
    at = tail.find(b"PK\x05\x06")
    while at >= 0:
        if int.from_bytes(tail[at + 12 : at + 16], "little") > MOST_LISTED:
            raise MediaError(f"{name} lists thousands of files; at most {MOST_PHOTOS} photos are read at once.")
        at = tail.find(b"PK\x05\x06", at + 1)
    if b"PK\x06\x07" in tail:
        raise MediaError(f"{name} is a zip for over 4 GB or 65,535 files; pack at most {MOST_PHOTOS} photos.")


def _entry(entry: Entry) -> tuple[Source, int]:
    if layout.is_archive(entry.name):
        reason = "an archive in the archive; unpack it first"
        return Source(entry.name, _refused(MediaError(f"Not read: {reason}.", reason))), 0
    if not layout.is_image(entry.name):
        return Source(entry.name, _refused(MediaError(f"Not a photo; expected {images.NAMES}.", "not a photo"))), 0

    def content() -> bytes:
        try:
            return entry.read()
        except tree.UNREADABLE as error:
            reason = BROKEN.format(" ".join(str(error).split())[:80])
            raise MediaError(f"This photo {reason}.", reason) from error

    return Source(entry.name, content), entry.size


def _within_limits(found: list[tuple[Source, int]]) -> list[Source]:
    """The first sources as they are; what is too much is refused."""
    kept, total = [], 0
    for source, size in found[:MOST_PHOTOS]:
        total += size
        if total > MOST_MEGABYTES * 10**6:
            reason = f"beyond the {MOST_MEGABYTES} MB that are read at once"
            source = Source(source.name, _refused(MediaError(f"Not read: {reason}. Choose fewer photos.", reason)))
        kept.append(source)
    if (more := len(found) - MOST_PHOTOS) > 0:
        reason = f"beyond the {MOST_PHOTOS} photos that are read at once"
        error = MediaError(f"Not read: {reason}. Choose fewer photos.", reason)
        kept.append(Source(f"{more:,} more", _refused(error)))
    return kept


def _refused(error: FerkitError) -> Callable[[], bytes]:
    def content() -> NoReturn:
        raise error

    return content
