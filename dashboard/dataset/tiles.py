"""What stands under the faces of a dataset."""

from collections.abc import Callable

import numpy as np

from dashboard.components.tiles import Tile
from ferkit.colours import of_classes
from ferkit.data.faces import Faces

__all__ = ["tiles"]


def tiles(faces: Faces, rows: np.ndarray, note: Callable[[int], str] | None = None) -> list[Tile]:
    """Class and `note` of each face, its split where there is none, framed in the colour of its class."""
    colours = of_classes(faces.classes)
    names = [faces.classes[label] for label in faces.labels[rows]]
    return [
        Tile(int(row), name, note(int(row)) if note else str(faces.splits[row]), colours[name])
        for row, name in zip(rows, names, strict=True)
    ]
