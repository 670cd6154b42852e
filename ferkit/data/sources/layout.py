"""Where split and class are in a path: `[wrapping/][train|val|test/]<class>/[...]/image.jpg`."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ferkit.images import ENDINGS

__all__ = ["SPLIT_NAMES", "Place", "is_archive", "is_clutter", "is_image", "places"]

SPLIT_NAMES = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "publictest"), "val"),
    **dict.fromkeys(("test", "testing", "privatetest"), "test"),
}
IMAGES = {f".{ending}" for ending in ENDINGS}
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
CLUTTER = {"__macosx", "thumbs.db", "desktop.ini", "@eadir"}
# FER2013's files carry their official split
FILE_SPLIT = re.compile(r"(training|publictest|privatetest)[_-]", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where an image belongs; `label` is None if it lies in no class folder."""

    id: str  # the path without wrapping folders, so that a zip and its unpacked folder agree
    split: str  # "train", "val", "test" or "" if the source does not say
    folder: str  # the same, of the folder alone
    label: str | None


def is_archive(name: str) -> bool:
    """Whether the name ends like that of a packed file."""
    return name.casefold().endswith(ARCHIVES) and not is_clutter(name)


def is_image(name: str) -> bool:
    """Whether the name ends like that of an image."""
    return PurePosixPath(name).suffix.casefold() in IMAGES and not is_clutter(name)


def is_clutter(name: str) -> bool:
    """Whether a file system left it there: hidden files, `__MACOSX`, `Thumbs.db`."""
    return any(part.startswith(".") or part.casefold() in CLUTTER for part in PurePosixPath(name).parts)


def places(names: list[str]) -> list[Place]:
    """The place of each image, from the paths of all of them."""
    paths = [name.split("/") for name in names]
    wrapping = _wrapping(paths)
    paths = [parts[wrapping:] for parts in paths]
    split_folders = any(len(parts) > 1 and parts[0].casefold() in SPLIT_NAMES for parts in paths)
    return [_place(parts, split_folders) for parts in paths]


def _wrapping(paths: list[list[str]]) -> int:
    """How many folders wrap everything: common to all, no split, and a class folder still below."""
    depth = 0
    while all(len(parts) > depth + 2 for parts in paths) and len({parts[depth] for parts in paths}) == 1:
        if paths[0][depth].casefold() in SPLIT_NAMES:
            break
        depth += 1
    return depth


def _place(parts: list[str], split_folders: bool) -> Place:
    folder = SPLIT_NAMES.get(parts[0].casefold(), "") if split_folders and len(parts) > 1 else ""
    below = parts[1:] if folder else parts
    outside = len(below) < 2 or (split_folders and not folder)
    named = FILE_SPLIT.match(parts[-1])
    split = SPLIT_NAMES[named[1].casefold()] if named else folder
    return Place("/".join(parts), split, folder, None if outside else below[0])
