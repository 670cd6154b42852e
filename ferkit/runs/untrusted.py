"""How files of a run folder are read that a stranger may have written: every defect becomes one RunError."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.errors import RunError
from ferkit.text import printable

__all__ = ["LARGEST", "check", "finite", "read_parquet", "refusing", "require"]

LARGEST = 2 << 30  # bytes of a table or array, unpacked


def read_parquet(path: Path, columns: list[str], n: int | None = None, more: tuple[str, ...] = ()) -> pd.DataFrame:
    """Those columns of a parquet file of at most 2 GB, all of `more` where the first of them is there, and, where it
    is given, n rows. Raises RunError."""
    from pyarrow import parquet

    with refusing(path):
        with parquet.ParquetFile(path) as file:
            columns = columns + [name for name in more if more[0] in file.schema_arrow.names]
            require(file.schema_arrow.names, columns)
            packed = file.metadata
            size = sum(packed.row_group(i).total_byte_size for i in range(packed.num_row_groups))
            check(size <= LARGEST, f"it holds more than {LARGEST >> 30} GB")
            check(n in (None, packed.num_rows), f"expected {n} rows, got {packed.num_rows}")
            table: pd.DataFrame = file.read(columns=columns).to_pandas(ignore_metadata=True)
        check(table.shape == (packed.num_rows, len(columns)), "a column occurs twice")
    return table[columns]


def require(got: object, expected: tuple[str, ...] | list[str]) -> None:
    """Raise RunError for a column that is missing."""
    if missing := [name for name in expected if name not in list(got)]:  # type: ignore[call-overload]
        check(False, f"it has no column {missing[0]!r}")


def finite(column: pd.Series) -> bool:
    """Whether a column holds finite numbers and nothing else."""
    return column.dtype.kind in "iuf" and bool(np.isfinite(column.to_numpy()).all())


def check(fine: object, reason: str) -> None:
    """Raise RunError with that reason, which `refusing` makes a sentence, unless `fine`."""
    if not fine:
        raise RunError(reason)


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
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
