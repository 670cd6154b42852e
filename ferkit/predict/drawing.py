"""Draw readings over an image: boxes, names, bars. Arrays in and out; everything scales with the image."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from ferkit.faces import Box
from ferkit.predict import lettering
from ferkit.predict.photo import FaceReading

__all__ = ["draw_boxes", "draw_faces", "draw_note"]

SIZE = 14  # pixels of the letters
WHITE, DIM = (255, 255, 255), (205, 205, 205)
ROWS = 10  # bars at most; of more classes the most probable
Rectangle = tuple[int, int, int, int]  # x, y, w, h


def draw_boxes(rgb: np.ndarray, faces: Sequence[FaceReading], colours: Mapping[str, str]) -> None:
    """Onto uint8 RGB (H, W, 3), in place: each face's box and, numbered from 1, its emotion; the number alone where
    faces are close together."""
    unit = _unit(rgb)
    for face in faces:
        _box(rgb, face, _rgb(colours[face.label]), unit)
    texts = [f"{i} {face.label}" for i, face in enumerate(faces, 1)]
    narrow = (
        any(_width(text, unit) > 1.5 * face.box.w for text, face in zip(texts, faces, strict=True)) and len(faces) > 1
    )
    for i, (text, face) in enumerate(zip(texts, faces, strict=True), 1):
        _title(rgb, face, str(i) if narrow else text, colours, unit)


def draw_faces(
    rgb: np.ndarray, faces: Sequence[FaceReading], colours: Mapping[str, str], keep_free: Sequence[Rectangle] = ()
) -> None:
    """Onto uint8 RGB (H, W, 3), in place: each face's box, its emotion and percent, and a bar per class in its
    `#rrggbb` of `colours`.

    The bars are next to the faces; where some would cover another face, all become one divided bar under the box, with
    a key below.
    """
    unit = _unit(rgb)
    for face in faces:
        _box(rgb, face, _rgb(colours[face.label]), unit)
    titles = [_title(rgb, face, f"{face.label} {face.confidence:.0%}", colours, unit) for face in faces]
    rows = [_rows(face) for face in faces]
    places = _places(rgb, faces, [_panel_size(r, unit) for r in rows], [*keep_free, *titles])
    for face, bars, place in zip(faces, rows, places, strict=True):
        if place is None:
            _divided_bar(rgb, face, colours, unit)
        else:
            _panel(rgb, bars, place, colours, unit)
    if None in places:
        _key(rgb, faces[0].classes, colours, unit)


def draw_note(rgb: np.ndarray, text: str) -> Rectangle:
    """White text on dark in the upper left corner, in place; returns its place."""
    unit = _unit(rgb)
    return _text(rgb, text, round(6 * unit), round(6 * unit), unit)


def _unit(rgb: np.ndarray) -> float:
    """1 for an image of 480 rows, and everything in proportion."""
    return float(np.clip(min(rgb.shape[:2]) / 480, 0.6, 6))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return red, green, blue


def _width(text: str, unit: float) -> int:
    return lettering.width(text, SIZE * unit)


def _write(rgb: np.ndarray, text: str, x: int, base: int, unit: float, colour: tuple[int, int, int] = WHITE) -> None:
    lettering.write(rgb, text, x, base, SIZE * unit, colour)


def _darken(rgb: np.ndarray, x: int, y: int, w: int, h: int) -> None:
    """A backdrop: the image at a quarter of its brightness."""
    part = rgb[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    np.right_shift(part, 2, out=part)


def _text(rgb: np.ndarray, text: str, x: int, y: int, unit: float) -> Rectangle:
    width, height = _width(text, unit) + round(16 * unit), round(22 * unit)
    x, y = max(0, min(x, rgb.shape[1] - width)), max(0, min(y, rgb.shape[0] - height))
    _darken(rgb, x, y, width, height)
    _write(rgb, text, x + round(9 * unit), y + round(16 * unit), unit)
    return x, y, width, height


def _box(rgb: np.ndarray, face: FaceReading, colour: tuple[int, int, int], unit: float) -> None:
    box, width = face.box, max(2, round(2 * unit))
    corners = (box.x, box.y), (box.x + box.w - 1, box.y + box.h - 1)
    cv2.rectangle(rgb, *corners, (20, 20, 20), 2 * width)  # a dark rim keeps a pale colour visible on a pale wall
    cv2.rectangle(rgb, *corners, colour, width)


def _title(rgb: np.ndarray, face: FaceReading, text: str, colours: Mapping[str, str], unit: float) -> Rectangle:
    """A text above the box, or within it where the image ends, its left edge in the emotion's colour."""
    above = face.box.y - round(26 * unit)
    place = _text(rgb, text, face.box.x, above if above >= 0 else face.box.y + round(4 * unit), unit)
    x, y, _, height = place
    cv2.rectangle(rgb, (x, y), (x + round(3 * unit), y + height - 1), _rgb(colours[face.label]), -1)
    return place


def _rows(face: FaceReading) -> list[tuple[str, float]]:
    top = set((-face.probabilities).argsort(kind="stable")[:ROWS].tolist())
    return [pair for i, pair in enumerate(face.by_class.items()) if i in top]


def _panel_size(rows: list[tuple[str, float]], unit: float) -> tuple[int, int]:
    names = max(_width(name, unit) for name, _ in rows)
    return names + round((70 + 24) * unit), round((len(rows) * 19 + 10) * unit)


def _panel(
    rgb: np.ndarray, rows: list[tuple[str, float]], place: tuple[int, int], colours: Mapping[str, str], unit: float
) -> None:
    (x, y), (width, height) = place, _panel_size(rows, unit)
    _darken(rgb, x, y, width, height)
    best = max(value for _, value in rows)
    start, full = x + width - round(78 * unit), round(70 * unit)
    for i, (name, value) in enumerate(rows):
        top = y + round((i * 19 + 5) * unit)
        _write(rgb, name, x + round(8 * unit), top + round(14 * unit), unit, WHITE if value == best else DIM)
        low, high = top + round(4 * unit), top + round(15 * unit)
        cv2.rectangle(rgb, (start, low), (start + full, high), (70, 70, 70), -1)
        cv2.rectangle(rgb, (start, low), (start + max(1, round(full * value)), high), _rgb(colours[name]), -1)


def _divided_bar(rgb: np.ndarray, face: FaceReading, colours: Mapping[str, str], unit: float) -> None:
    """One bar as wide as the box, divided by the probabilities, just inside its lower edge."""
    box, height = face.box, round(8 * unit)
    ends = box.x + np.rint(np.cumsum([0.0, *face.probabilities]) * box.w).astype(int)
    low = min(box.y + box.h + 2, rgb.shape[0] - height)
    for name, left, right in zip(face.classes, ends[:-1], ends[1:], strict=True):
        rgb[low : low + height, left:right] = _rgb(colours[name])


def _key(rgb: np.ndarray, names: Sequence[str], colours: Mapping[str, str], unit: float) -> None:
    """The classes' colours in a row along the lower edge, as many as there is room for."""
    height, x = round(22 * unit), round(8 * unit)
    top = rgb.shape[0] - height
    _darken(rgb, 0, top, rgb.shape[1], height)
    for name in names:
        if x + _width(name, unit) + round(20 * unit) > rgb.shape[1]:
            return
        cv2.rectangle(
            rgb, (x, top + round(6 * unit)), (x + round(10 * unit), top + round(16 * unit)), _rgb(colours[name]), -1
        )
        _write(rgb, name, x + round(16 * unit), top + round(16 * unit), unit)
        x += _width(name, unit) + round(30 * unit)


def _places(
    rgb: np.ndarray, faces: Sequence[FaceReading], sizes: Sequence[tuple[int, int]], taken: Sequence[Rectangle]
) -> list[tuple[int, int] | None]:
    """Where each face's panel goes: all next to their faces, or none; a lone face's in the lower right corner if need
    be."""
    occupied = [*taken, *((f.box.x, f.box.y, f.box.w, f.box.h) for f in faces)]
    places: list[tuple[int, int] | None] = []
    for face, size in zip(faces, sizes, strict=True):
        place = _place(face.box, size, occupied, rgb.shape)
        if place is None and len(faces) > 1:
            return [None] * len(faces)
        place = place or (max(0, rgb.shape[1] - size[0]), max(0, rgb.shape[0] - size[1]))
        places.append(place)
        occupied.append((*place, *size))
    return places


def _place(
    box: Box, size: tuple[int, int], taken: Sequence[Rectangle], shape: tuple[int, ...]
) -> tuple[int, int] | None:
    """Where a panel fits next to the box, right before left, without covering anything `taken`; None if nowhere."""
    gap = 6
    y = max(0, min(box.y, shape[0] - size[1]))
    for x in (box.x + box.w + gap, box.x - size[0] - gap):
        fits = x >= 0 and x + size[0] <= shape[1] and size[1] <= shape[0]
        if fits and not any(_cross((x, y, *size), other) for other in taken):
            return x, y
    return None


def _cross(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
