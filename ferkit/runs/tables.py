"""The tables and arrays of a run folder, read as untrusted: sizes, columns, types and lengths are checked, and every
defect is one sentence. Nothing is ever unpickled.
"""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.errors import RunError
from ferkit.text import printable

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
HISTORY = (
    "epoch", "lr", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "val_macro_f1",
    "seconds", "images_per_second",
)  # fmt: skip
LARGEST = 2 << 30  # bytes of a table or array, unpacked
EPOCHS = 100_000


def read_predictions(path: Path, classes: tuple[str, ...], n: int | None = None) -> pd.DataFrame:
    """id (text), label (index into `classes`), leaked (bool) and one logit per class; `n` rows. Raises RunError."""
    logits = [LOGIT + name for name in classes]
    table = _parquet(path, ["id", "label", "leaked", *logits], n)
    with _refusing(path):
        _check(pd.api.types.is_string_dtype(table["id"]) and table["id"].notna().all(), "its ids are not text")
        _check(table["id"].is_unique, "an id occurs twice")
        _check(pd.api.types.is_integer_dtype(table["label"]), "its labels are not whole numbers")
        _check(table["label"].between(0, len(classes) - 1).all(), f"a label is not from 0 to {len(classes) - 1}")
        _check(table["leaked"].dtype == np.bool_, "its column 'leaked' is not true or false")
        for column in logits:
            _check(_finite(table[column]), f"its column {column!r} does not hold finite numbers")
    return table


def read_layout(path: Path, n: int | None = None) -> pd.DataFrame:
    """id, umap_x, umap_y, pca_x, pca_y; `n` rows. Raises RunError."""
    table = _parquet(path, ["id", *LAYOUT], n)
    with _refusing(path):
        for column in LAYOUT:
            _check(_finite(table[column]), f"its column {column!r} does not hold finite numbers")
    return table


def read_array(path: Path) -> np.ndarray:
    """Any array without objects, of at most 2 GB. Raises RunError."""
    with _refusing(path):
        stored = np.load(path, mmap_mode="r", allow_pickle=False)  # what is declared must be there
        _check(isinstance(stored, np.ndarray), "expected an array")
        _check(stored.nbytes <= LARGEST, f"it holds more than {LARGEST >> 30} GB")
        return np.array(stored)


def read_features(path: Path, n: int | None = None) -> np.ndarray:
    """float16 or float32 (n, D). Raises RunError."""
    with _refusing(path):
        features = read_array(path)
        _check(features.ndim == 2, "expected a table of numbers")
        _check(features.dtype in (np.float16, np.float32), f"expected float16 or float32, got {features.dtype}")
        _check(n in (None, len(features)), f"expected {n} rows, got {len(features)}")
        _check(bool(np.isfinite(features).all()), "it does not hold finite numbers")
    return features


def read_mean_maps(path: Path, classes: int) -> dict[str, np.ndarray]:
    """`right`, `wrong`, `predicted` (C, h, w), their counts `…_n` (C,), and `faces` (C, H, W[, 3]). Raises RunError."""
    kinds = ("right", "wrong", "predicted")
    with _refusing(path):
        with zipfile.ZipFile(path) as archive:
            _check(sum(entry.file_size for entry in archive.infolist()) <= LARGEST // 8, "it is too large")
        with np.load(path, allow_pickle=False) as stored:
            names = (*kinds, *(f"{kind}_n" for kind in kinds), "faces")
            _check(set(names) <= set(stored.files), f"expected {', '.join(names)}")
            arrays = {name: stored[name] for name in names}
        for kind in kinds:
            maps, counts = arrays[kind], arrays[f"{kind}_n"]
            _check(maps.ndim == 3 and len(maps) == classes, f"expected {classes} maps in {kind!r}")
            _check(min(maps.shape) > 0 and max(maps.shape) <= 1024, f"{kind!r} has maps of {maps.shape[1:]}")
            _check(maps.dtype.kind == "f" and bool(np.isfinite(maps).all()), f"{kind!r} does not hold finite numbers")
            _check(
                counts.shape == (classes,) and counts.dtype.kind in "iu", f"'{kind}_n' should count {classes} classes"
            )
            _check(bool((counts >= 0).all()), f"'{kind}_n' holds a negative count")
        faces = arrays["faces"]
        _check(faces.dtype == np.uint8 and len(faces) == classes, f"expected {classes} mean faces of bytes")
        _check(faces.ndim == 3 or (faces.ndim == 4 and faces.shape[3] == 3), "expected gray or colour mean faces")
        _check(min(faces.shape) > 0 and max(faces.shape) <= 1024, f"its mean faces have {faces.shape[1:3]} pixels")
    return arrays


def read_history(path: Path) -> pd.DataFrame:
    """One row per epoch, columns as in `HISTORY`; empty where there is no such file. Raises RunError."""
    if not path.exists():
        return pd.DataFrame(columns=list(HISTORY))
    with _refusing(path):
        _check(path.is_file() and path.stat().st_size <= LARGEST >> 6, "it is too large or not a file")
        table = pd.read_csv(path, nrows=EPOCHS)
        _columns(table.columns, HISTORY)
        table = table[list(HISTORY)]
        for column in HISTORY:
            _check(pd.api.types.is_numeric_dtype(table[column]), f"its column {column!r} does not hold numbers")
        table = table.astype(dict.fromkeys(HISTORY[1:], float))
        _check(_finite(table["epoch"]), "an epoch has no number")
    return table


def _parquet(path: Path, columns: list[str], n: int | None) -> pd.DataFrame:
    from pyarrow import parquet

    with _refusing(path):
        with parquet.ParquetFile(path) as file:
            _columns(file.schema_arrow.names, columns)
            packed = file.metadata
            size = sum(packed.row_group(i).total_byte_size for i in range(packed.num_row_groups))
            _check(size <= LARGEST, f"it holds more than {LARGEST >> 30} GB")
            _check(n in (None, packed.num_rows), f"expected {n} rows, got {packed.num_rows}")
            table: pd.DataFrame = file.read(columns=columns).to_pandas(ignore_metadata=True)
        _check(table.shape == (packed.num_rows, len(columns)), "a column occurs twice")
    return table[columns]


def _columns(got: object, expected: tuple[str, ...] | list[str]) -> None:
    if missing := [name for name in expected if name not in list(got)]:  # type: ignore[call-overload]
        _check(False, f"it has no column {missing[0]!r}")


def _finite(column: pd.Series) -> bool:
    return column.dtype.kind in "iuf" and bool(np.isfinite(column.to_numpy()).all())


def _check(fine: object, reason: str) -> None:
    if not fine:
        raise RunError(reason)


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Turn whatever a library raises over an untrusted file into a RunError of one sentence."""
    what = f"{path.parent.name}/{path.name}"
    try:
        yield
    except RunError as error:
        if str(error).startswith(f"{what} cannot"):
            raise
        reason = str(error)
    except FileNotFoundError:
        raise
    except MemoryError:
        reason = "it is too large"
    except Exception as error:  # pandas, pyarrow, zipfile and numpy raise whatever they please
        reason = str(error) or type(error).__name__
    else:
        return
    line = printable(" ".join(reason.split()))
    raise RunError(f"{what} cannot be used: {line[:200]}. Copy it again, or evaluate the run again.")
