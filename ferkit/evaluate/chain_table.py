"""What finding, cropping and reading lose, in words and as a Markdown table."""

import numpy as np
import pandas as pd

from ferkit.metrics import wilson

__all__ = ["STEPS", "markdown", "sentence"]

STEPS = {  # column of the table -> what it is a share of, what it is called
    "released": ("faces", "right as released"),
    "pasted": ("faces", "right in the true square"),
    "found": ("faces", "found"),
    "pasted_found": ("found", "found: right in the true square"),
    "crop": ("found", "found: right in the detector's box"),
    "read": ("faces", "**found and right**"),
}
UNITS = {"dark": "light × {:g}", "side light": "far side {:.0%} darker", "blur": "blur of {:g} pixels", "roll": "{:g}°"}


def sentence(table: pd.DataFrame, detector: str) -> str:
    """How many of 100 faces are found and read right, of scenes as they are drawn; "" for a detector that was not
    scored. `table` is one of `Results.chain`."""
    rows = table[table["detector"] == detector]
    if not len(rows):
        return ""
    row = rows.iloc[0]
    found, read = (round(100 * row[name] / row["faces"]) for name in ("found", "read"))
    low, high = (100 * wilson(row["read"], row["faces"])).round().astype(int)
    return (
        f"Of 100 val faces pasted into scenes, {row['smallest']} to {row['largest']} pixels large, {detector} finds "
        f"{found}, and {read} are read right [{low}, {high}]."
    )


def markdown(table: pd.DataFrame) -> str:
    """One table per detector: a row per condition, then per range of sizes, each share with its 95% Wilson interval."""
    parts = []
    for detector, rows in table.groupby("detector", sort=False):
        head = ["", "faces", *(name for _, name in STEPS.values()), "boxes without a face"]
        lines = [_line(head), _line(["---", *["---:"] * (len(head) - 1)])]
        whole = rows.iloc[0]
        for i, (_, row) in enumerate(rows.iterrows()):
            by_size = bool(i) and row["kind"] == whole["kind"]
            extra = "" if by_size else f"{row['extra']:,}"
            lines.append(_line([_name(row, by_size), f"{row['faces']:,}", *map(_share, *_counts(row)), extra]))
        parts.append(f"### {detector}\n\n{sentence(table, str(detector))}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _counts(row: pd.Series) -> tuple[list[int], list[int]]:
    """Hits and of how many, for each of `STEPS`."""
    hits = [int(row["read" if name == "crop" else name]) for name in STEPS]
    return hits, [int(row[whole]) for whole, _ in STEPS.values()]


def _share(hits: int, n: int) -> str:
    if not n:
        return "–"
    low, high = 100 * wilson(np.array(hits), np.array(n))
    return f"{100 * hits / n:.1f}% [{low:.1f}, {high:.1f}]"


def _name(row: pd.Series, by_size: bool) -> str:
    if by_size:
        return f"faces of {row['smallest']} to {row['largest']} pixels"
    return UNITS.get(str(row["kind"]), "{}").format(row["amount"]) if row["amount"] else str(row["kind"])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
