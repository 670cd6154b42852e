"""The tables and arrays of a run folder, read as untrusted: sizes, columns, types and lengths are checked, and every
defect is one sentence. Nothing is ever unpickled.
"""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.runs.untrusted import LARGEST, check, finite, read_parquet, refusing, require

__all__ = [
    "HISTORY",
    "LOGIT",
    "read_array",
    "read_features",
    "read_history",
    "read_layout",
    "read_mean_maps",
    "read_predictions",
]

LOGIT = "logit "  # a prediction's columns: "logit angry", ... so that no class name can collide with "id"
LAYOUT = ("umap_x", "umap_y", "pca_x", "pca_y")
LATER = ("tsne_x", "tsne_y")  # layouts that a map may lack
HISTORY = (
    "epoch", "lr", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "val_macro_f1",
    "seconds", "images_per_second",
)  # fmt: skip
EPOCHS = 100_000


def read_predictions(path: Path, classes: tuple[str, ...], n: int | None = None) -> pd.DataFrame:
    """id (text), label (index into `classes`), leaked (bool) and one logit per class; `n` rows. Raises RunError."""
    logits = [LOGIT + name for name in classes]
    table = read_parquet(path, ["id", "label", "leaked", *logits], n)
    with refusing(path):
        check(pd.api.types.is_string_dtype(table["id"]) and table["id"].notna().all(), "its ids are not text")
        check(table["id"].is_unique, "an id occurs twice")
        check(pd.api.types.is_integer_dtype(table["label"]), "its labels are not whole numbers")
        check(table["label"].between(0, len(classes) - 1).all(), f"a label is not from 0 to {len(classes) - 1}")
        check(table["leaked"].dtype == np.bool_, "its column 'leaked' is not true or false")
        for column in logits:
            check(finite(table[column]), f"its column {column!r} does not hold finite numbers")
    return table


def read_layout(path: Path, n: int | None = None) -> pd.DataFrame:
    """id, umap_x, umap_y, pca_x, pca_y, and tsne_x, tsne_y where they are stored; `n` rows. Raises RunError."""
    table = read_parquet(path, ["id", *LAYOUT], n, LATER)
    with refusing(path):
        for column in table.columns[1:]:
            check(finite(table[column]), f"its column {column!r} does not hold finite numbers")
    return table


def read_array(path: Path) -> np.ndarray:
    """Any array without objects, of at most 2 GB. Raises RunError."""
    with refusing(path):
        stored = np.load(path, mmap_mode="r", allow_pickle=False)  # what is declared must be there
        check(isinstance(stored, np.ndarray), "expected an array")
        check(stored.nbytes <= LARGEST, f"it holds more than {LARGEST >> 30} GB")
        return np.array(stored)


def read_features(path: Path, n: int | None = None) -> np.ndarray:
    """float16 or float32 (n, D). Raises RunError."""
    with refusing(path):
        features = read_array(path)
        check(features.ndim == 2, "expected a table of numbers")
        check(features.dtype in (np.float16, np.float32), f"expected float16 or float32, got {features.dtype}")
        check(n in (None, len(features)), f"expected {n} rows, got {len(features)}")
        check(bool(np.isfinite(features).all()), "it does not hold finite numbers")
    return features


def read_mean_maps(path: Path, classes: int) -> dict[str, np.ndarray]:
    """`right`, `wrong`, `predicted` (C, h, w), their counts `…_n` (C,), and `faces` (C, H, W[, 3]). Raises RunError."""
    kinds = ("right", "wrong", "predicted")
    with refusing(path):
        with zipfile.ZipFile(path) as archive:
            check(sum(entry.file_size for entry in archive.infolist()) <= LARGEST // 8, "it is too large")
        with np.load(path, allow_pickle=False) as stored:
            names = (*kinds, *(f"{kind}_n" for kind in kinds), "faces")
            check(set(names) <= set(stored.files), f"expected {', '.join(names)}")
            arrays = {name: stored[name] for name in names}
        for kind in kinds:
            maps, counts = arrays[kind], arrays[f"{kind}_n"]
            check(maps.ndim == 3 and len(maps) == classes, f"expected {classes} maps in {kind!r}")
            check(min(maps.shape) > 0 and max(maps.shape) <= 1024, f"{kind!r} has maps of {maps.shape[1:]}")
            check(maps.dtype.kind == "f" and bool(np.isfinite(maps).all()), f"{kind!r} does not hold finite numbers")
            check(
                counts.shape == (classes,) and counts.dtype.kind in "iu", f"'{kind}_n' should count {classes} classes"
            )
            check(bool((counts >= 0).all()), f"'{kind}_n' holds a negative count")
        faces = arrays["faces"]
        check(faces.dtype == np.uint8 and len(faces) == classes, f"expected {classes} mean faces of bytes")
        check(faces.ndim == 3 or (faces.ndim == 4 and faces.shape[3] == 3), "expected gray or colour mean faces")
        check(min(faces.shape) > 0 and max(faces.shape) <= 1024, f"its mean faces have {faces.shape[1:3]} pixels")
    return arrays


def read_history(path: Path) -> pd.DataFrame:
    """One row per epoch, columns as in `HISTORY`; empty where there is no such file. Raises RunError."""
    if not path.exists():
        return pd.DataFrame(columns=list(HISTORY))
    with refusing(path):
        check(path.is_file() and path.stat().st_size <= LARGEST >> 6, "it is too large or not a file")
        table = pd.read_csv(path, nrows=EPOCHS)
        require(table.columns, HISTORY)
        table = table[list(HISTORY)]
        for column in HISTORY:
            check(pd.api.types.is_numeric_dtype(table[column]), f"its column {column!r} does not hold numbers")
        table = table.astype(dict.fromkeys(HISTORY[1:], float))
        check(finite(table["epoch"]), "an epoch has no number")
    return table
