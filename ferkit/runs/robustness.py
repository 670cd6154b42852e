"""What a run scored on corrupted faces, read as untrusted like the tables in `tables`."""

from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.runs.untrusted import check, finite, read_parquet, refusing
from ferkit.text import is_printable

__all__ = ["COLUMNS", "RECALL", "SINGLE", "column", "corrupted_accuracy", "read_corrupted", "read_robustness", "single"]

RECALL = "recall "  # of a class: its columns, "recall angry", ...
SHARES = ("accuracy", "accuracy_low", "accuracy_high", "macro_f1")
COLUMNS = ("kind", "strength", "amount", "n", *SHARES)
SINGLE = (
    "noise", "impulses", "blur", "motion", "low resolution", "JPEG", "dark", "bright", "low contrast", "side light",
    "eyes covered", "mouth covered",
)  # the kinds by whose mean accuracy at the third strength runs are compared  # fmt: skip
MIDDLE = 3
MOST = 1000  # kinds and strengths together
STRONGEST = 100


def column(kind: str, strength: int) -> str:
    """The column of `read_corrupted` that holds the predictions at one strength of a kind: "blur 3"."""
    return f"{kind} {strength}"


def read_robustness(path: Path, classes: tuple[str, ...]) -> pd.DataFrame:
    """kind (text), strength (1 to 5; 0 for the faces as released), amount (what the strength is in the kind's unit), n,
    accuracy with its 95% interval, macro_f1, and one recall per class; a row per kind and strength. Raises RunError."""
    recall = [RECALL + name for name in classes]
    table = read_parquet(path, [*COLUMNS, *recall])
    with refusing(path):
        check(0 < len(table) <= MOST, f"expected 1 to {MOST} rows, got {len(table)}")
        kinds = table["kind"]
        check(pd.api.types.is_string_dtype(kinds) and kinds.notna().all(), "its kinds are not text")
        check(all(kind and len(kind) <= 100 and is_printable(kind) for kind in kinds), "a kind is not one line of text")
        for name, most in (("strength", STRONGEST), ("n", 2**40)):
            check(pd.api.types.is_integer_dtype(table[name]), f"its column {name!r} does not hold whole numbers")
            check(table[name].between(0, most).all(), f"its column {name!r} is out of range")
        check(finite(table["amount"]), "its column 'amount' does not hold finite numbers")
        for name in (*SHARES, *recall):
            check(finite(table[name]) and table[name].between(0, 1).all(), f"its column {name!r} is not from 0 to 1")
        check(not table.duplicated(["kind", "strength"]).any(), "a kind has the same strength twice")
    return table


def read_corrupted(path: Path, classes: tuple[str, ...], columns: list[str]) -> pd.DataFrame:
    """id (text), and what each face is predicted as, an index into `classes`, in every one of `columns` (see
    `column`). Raises RunError."""
    table = read_parquet(path, ["id", *columns])
    with refusing(path):
        check(pd.api.types.is_string_dtype(table["id"]) and table["id"].notna().all(), "its ids are not text")
        check(table["id"].is_unique, "an id occurs twice")
        for name in columns:
            values = table[name]
            check(values.dtype in (np.uint8, np.uint16), f"its column {name!r} does not hold classes")
            check((values < len(classes)).all(), f"its column {name!r} holds a class above {len(classes) - 1}")
    return table


def single(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of `read_robustness` that are the kinds of `SINGLE` at the third strength."""
    return table[(table["strength"] == MIDDLE) & table["kind"].isin(SINGLE)]


def corrupted_accuracy(table: pd.DataFrame) -> float | None:
    """Mean accuracy on corrupted faces: over the rows of `single`; None where one of them is missing."""
    rows = single(table)
    return float(rows["accuracy"].mean()) if len(rows) == len(SINGLE) else None
