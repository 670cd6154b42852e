"""What the browser gets of a View, once: a column of numbers per property of its faces, and sheets of their images.

The table is little-endian: the length of its header (uint32), the header (JSON), padding to 8 bytes, then the arrays,
each at a multiple of 8 bytes after the first:

    {"n": 3589, "classes": ["angry", …], "colours": ["#d43f3a", …],
     "columns": {"label": {"type": "uint8", "offset": 0}, "confidence": {"type": "float32", "offset": 3592}, …}}

`place` is a face's index in the sheets, -1 where there is no image of it. A choice of rows is a set of bits, in the
order of the table; the order in which faces are shown is made in the browser.
"""

import base64
import json
import re
import struct

import cv2
import numpy as np
import pandas as pd

from dashboard import assets, load, near
from dashboard.view import View, baseline_of
from ferkit.colours import of_classes
from ferkit.data.faces import Faces

__all__ = ["columns", "pack", "rows_bits", "sheet", "sprites", "table_url"]

FORMAT = 2  # of the table: browsers keep what lies at an address
PER, ACROSS = 256, 16  # faces of a sheet, and of a row of it
LARGEST = 96  # pixels per side of a face
QUALITY = 88  # of JPEG: made in 4 ms a sheet, where WebP takes 110
NUMBER = re.compile("[0-9]{1,9}")
TYPES = {"float32": "<f4", "int32": "<i4", "uint8": "u1"}


def table_url(view: View) -> str:
    """The address of the table of all rows of the View, whatever its filters."""
    return assets.publish(
        ("table", FORMAT, *_key(view)), lambda: pack(columns(view), view.classes), "application/octet-stream"
    )


def _key(view: View) -> tuple[object, ...]:
    base = baseline_of(view)
    ends = (".parquet", "-features.npy", "-map.parquet", "-nearest.npz")
    files = [load.key_of(view.results.path / f"{view.split}{end}") for end in ends]
    if base is not None:
        files.append(load.key_of(base.results.path / f"{base.split}.parquet"))
    faces = view.images.faces
    temperatures = (view.results.temperature, base.results.temperature if base is not None else None)
    return (*files, *temperatures, view.classes, faces.fingerprint if faces else "")


def columns(view: View) -> dict[str, np.ndarray]:
    """`_columns`, cached: the browser gets them, and `dashboard.faces.order` sorts by them."""
    arrays: dict[str, np.ndarray] = load.cached(("columns", *_key(view)), lambda: _columns(view))
    return arrays


def _columns(view: View) -> dict[str, np.ndarray]:
    """The columns of the table, one value per row: float32, int32 or uint8 (N,).

    `disagreement` is the total variation between the run's and the baseline's probabilities, in [0, 1]; `distance` that
    of a face's features to the mean of those with its label, `training` to the fifth nearest training face, both
    1 - cosine, in [0, 2].
    """
    frame = view.frame
    arrays = {
        "place": view.images.places.astype(np.int32),
        "label": frame["label"].to_numpy(np.uint8),
        "pred": frame["pred"].to_numpy(np.uint8),
        "leaked": frame["leaked"].to_numpy(np.uint8),
        **{name: frame[name].to_numpy(np.float32) for name in ("confidence", "loss", "margin")},
        "disagreement": _disagreement(view),
    }
    if view.results.has(view.split, "-features.npy"):
        arrays["distance"] = _distance(load.features(view.results, view.split), arrays["label"])
    if known := near.far(view):
        arrays["training"] = known[near.FAR]
    if view.results.has(view.split, "-map.parquet"):
        layout = load.layout(view.results, view.split)
        arrays |= {name: layout[name].to_numpy(np.float32) for name in map(str, layout) if name.endswith(("_x", "_y"))}
    return arrays


def _disagreement(view: View) -> np.ndarray:
    base = baseline_of(view)
    if base is None or base.classes != view.classes:
        return np.zeros(len(view.frame), np.float32)
    rows = pd.Index(base.frame["id"]).get_indexer(view.frame["id"].to_numpy())
    variation = np.abs(view.probabilities - base.probabilities[rows]).sum(1) / 2
    return np.where(rows >= 0, variation, 0).astype(np.float32)


def _distance(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    features = features.astype(np.float32)
    means = np.zeros((int(labels.max(initial=0)) + 1, features.shape[1]), np.float32)
    for label in np.unique(labels):
        means[label] = features[labels == label].mean(0)
    lengths = np.linalg.norm(features, axis=1) * np.linalg.norm(means, axis=1)[labels]
    cosine = (features * means[labels]).sum(1) / np.maximum(lengths, 1e-12)
    return (1 - cosine).astype(np.float32)


def pack(arrays: dict[str, np.ndarray], classes: tuple[str, ...]) -> bytes:
    """The arrays as one table; all of the same length, of a type in `TYPES`."""
    colours, described, parts, offset = of_classes(classes), {}, [], 0
    for name, array in arrays.items():
        content = array.astype(TYPES[array.dtype.name]).tobytes()
        described[name] = {"type": array.dtype.name, "offset": offset}
        parts.append(content + bytes(-len(content) % 8))
        offset += len(parts[-1])
    n = len(next(iter(arrays.values()), ()))
    about = {"n": n, "classes": classes, "colours": [colours[name] for name in classes], "columns": described}
    header = json.dumps(about).encode()
    return struct.pack("<I", len(header)) + header + bytes(-(4 + len(header)) % 8) + b"".join(parts)


def sprites(faces: Faces) -> dict[str, object]:
    """Where a dataset's images are: sheet i at `url` + i, `per` faces on each, `across` in a row, `side` pixels wide.

    Any `per` faces are on one sheet at `url` + "of/3-17-29": a gallery in order of confidence would wait for most of
    the others before it had shown its first line.
    """
    key = ("sheet", faces.name, faces.fingerprint, PER, QUALITY)

    def part(name: str) -> bytes:
        return sheet(np.stack([faces.images[place] for place in _places(name, len(faces))]))

    url = assets.publish_parts(key, part, "image/jpeg")
    return {"url": url, "per": PER, "across": ACROSS, "side": min(faces.size, LARGEST)}


def _places(name: str, n: int) -> list[int]:
    """The faces, of n, on the sheet of that name. Raises LookupError if there is none."""
    numbers = name.removeprefix("of/").split("-")
    if len(numbers) > PER or not all(NUMBER.fullmatch(number) for number in numbers):
        raise LookupError(f"no sheet is called {name}")
    places = [int(number) for number in numbers]
    if not name.startswith("of/"):
        places = list(range(places[0] * PER, min(n, (places[0] + 1) * PER))) if len(places) == 1 else []
    if not places or max(places) >= n:
        raise LookupError(f"there are {n} faces, and no sheet {name}")
    return places


def sheet(images: np.ndarray) -> bytes:
    """Up to `PER` images, uint8 (n, H, W[, 3]) RGB, as one JPEG, row by row."""
    side = min(images.shape[1], LARGEST)
    if side < images.shape[1]:
        images = np.stack([cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in images])
    down = -(-len(images) // ACROSS)
    filled = np.full((down * ACROSS, side, side, *images.shape[3:]), 128, np.uint8)
    filled[: len(images)] = images
    grid = filled.reshape(down, ACROSS, side, side, -1).swapaxes(1, 2).reshape(down * side, ACROSS * side, -1)
    return bytes(cv2.imencode(".jpg", grid[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])


def rows_bits(rows: np.ndarray, n: int) -> str:
    """Rows (M,) of n as a set of bits, the first row the lowest bit of the first byte, in base64."""
    chosen = np.zeros(n, bool)
    chosen[rows] = True
    return base64.b64encode(np.packbits(chosen, bitorder="little").tobytes()).decode()
