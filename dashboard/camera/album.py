"""The faces of many photos as rows of a table and tiles of a gallery."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard import words
from dashboard.camera import cards
from dashboard.components.table import Column
from dashboard.components.tiles import Tile
from dashboard.results import unsure
from ferkit.audit.advice import advise
from ferkit.colours import of_classes
from ferkit.predict.photos import Photo
from ferkit.runs import Run

__all__ = ["COLUMNS", "MOST", "SIZE", "Row", "lighter", "rows", "summary", "tiles"]

MOST = 240  # faces in the gallery
SIZE = 96  # pixels of a tile
NO_FACE = "no face was found"
COLUMNS = {
    "file": Column("File"),
    "face": Column("Face", help="Its number in the photo, the largest first"),
    "emotion": Column("Emotion"),
    "confidence": Column("Confidence", lambda share: words.percent(share, 0), help="Calibrated probability"),
    "unsure": Column("Unsure"),
    "remark": Column("Remark"),
}


@dataclass(frozen=True, eq=False)
class Row:
    """A face of a photo, or a photo without one."""

    photo: int  # its number, from 0
    cells: dict[str, Any]  # by the names of COLUMNS
    thumbnail: np.ndarray | None = None  # uint8 RGB (H, H, 3)


def rows(photo: Photo, number: int, run: Run) -> list[Row]:
    """A row for each face of the photo of that number, or one that says why there is none."""
    if photo.reading is None or not photo.reading.faces:
        remark = photo.problem or NO_FACE
        return [Row(number, {"file": photo.name, "unsure": "", "remark": remark})]
    limit, mean = unsure.threshold(run), cards.mean_face(run)
    found = []
    for i, (face, thumbnail) in enumerate(zip(photo.reading.faces, photo.thumbnails, strict=True), 1):
        remarks = ["unlike the training faces"] if cards.is_unlike(face, run) else []
        cells = {
            "file": photo.name,
            "face": i,
            "emotion": face.label,
            "confidence": face.confidence,
            "unsure": "unsure" if limit is not None and face.confidence < limit else "",
            "remark": "; ".join([*remarks, *advise(face, mean)]),
        }
        found.append(Row(number, cells, thumbnail))
    return found


def lighter(photo: Photo) -> Photo:
    """The photo without what its rows hold already, nor the maps and features of its faces."""
    if photo.reading is None:
        return photo
    faces = tuple(replace(face, crop=None, heat=None, features=None) for face in photo.reading.faces)
    return replace(photo, reading=replace(photo.reading, faces=faces), thumbnails=())


def summary(photos: Sequence[Photo]) -> str:
    """All photos in one sentence, as Markdown."""
    readings = [photo.reading for photo in photos if photo.reading is not None]
    labels = [face.label for reading in readings for face in reading.faces]
    counts = sorted(((labels.count(name), name) for name in dict.fromkeys(labels)), key=lambda item: -item[0])
    listed = f": {', '.join(f'{n} {words.plain(name)}' for n, name in counts)}" if counts else ""
    empty, broken = sum(not reading.faces for reading in readings), len(photos) - len(readings)
    missing = f" {empty} without a face." if empty else ""
    missing += f" {broken} could not be read." if broken else ""
    return f"**{_n(len(readings), 'photo')}, {_n(len(labels), 'face')}**{listed}.{missing}"


def tiles(faces: Sequence[tuple[int, Row]], classes: tuple[str, ...]) -> tuple[np.ndarray, list[Tile]]:
    """Images and tiles of at most `MOST` rows with their numbers, by emotion and, the surest first, confidence."""
    colours, place = of_classes(classes), {name: i for i, name in enumerate(classes)}
    chosen = sorted(faces, key=lambda one: (place[one[1].cells["emotion"]], -one[1].cells["confidence"]))[:MOST]
    names = [row.cells["emotion"] for _, row in faces]
    made, last = [], ""
    for i, row in chosen:
        name = row.cells["emotion"]
        doubt = " · unsure" if row.cells["unsure"] else ""
        head = f"{name} · {names.count(name)}" if name != last else ""
        title = f"{words.percent(row.cells['confidence'], 0)}{doubt}"
        made.append(Tile(i, title, row.cells["file"].rsplit("/", 1)[-1], colours[name], head))
        last = name
    return np.stack([row.thumbnail for _, row in chosen if row.thumbnail is not None]), made


def _n(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
