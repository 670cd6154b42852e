"""What a run scored on faces that had to be found first, read as untrusted like the tables in `tables`."""

from pathlib import Path

import pandas as pd

from ferkit.runs.untrusted import check, finite, read_parquet, refusing
from ferkit.text import is_printable

__all__ = ["COUNTS", "TEXTS", "read_chain"]

TEXTS = ("detector", "kind")
COUNTS = ("faces", "released", "pasted", "found", "pasted_found", "read", "extra")
MOST = 1000  # rows


def read_chain(path: Path) -> pd.DataFrame:
    """detector and kind (text), amount (of the kind, in its unit), smallest and largest side of the faces in pixels,
    and how many faces there are, are right as released, right in their true square, found, found and right in their
    true square, found and right as read, and how many boxes hold none of them. Raises RunError."""
    table = read_parquet(path, [*TEXTS, "amount", "smallest", "largest", *COUNTS])
    with refusing(path):
        check(0 < len(table) <= MOST, f"expected 1 to {MOST} rows, got {len(table)}")
        for name in TEXTS:
            texts = table[name]
            check(pd.api.types.is_string_dtype(texts) and texts.notna().all(), f"its column {name!r} is not text")
            check(all(text and len(text) <= 100 and is_printable(text) for text in texts), f"a {name} is not one line")
        check(finite(table["amount"]), "its column 'amount' does not hold finite numbers")
        for name in ("smallest", "largest", *COUNTS):
            check(pd.api.types.is_integer_dtype(table[name]), f"its column {name!r} does not hold whole numbers")
            check(table[name].between(0, 2**40).all(), f"its column {name!r} is out of range")
        check((table["faces"] > 0).all(), "a row has no faces")
        for part, whole in (
            ("released", "faces"), ("pasted", "faces"), ("found", "faces"), ("pasted_found", "found"), ("read", "found")
        ):  # fmt: skip
            check((table[part] <= table[whole]).all(), f"more faces are {part} than {whole}")
    return table
