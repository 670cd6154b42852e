"""How many faces each class has, and how many images have an issue."""

from collections.abc import Mapping

from dashboard.charts.spec import Axis, Bars, Chart
from ferkit.colours import MUTED

__all__ = ["UNITS", "distribution", "issues"]

UNITS = {"faces": "faces", "faces, log scale": "faces (log scale)", "share of the split": "% of the split"}
SHADES = {"train": "#4f46e5", "val": "#14a3a8", "test": "#e8a317"}


def distribution(counts: Mapping[str, Mapping[str, int]], unit: str) -> Chart:
    """`{"train": {"angry": 3970, ...}, ...}` as bars, a group per class, the largest class on top; `unit` is one of
    UNITS."""
    share, log = unit == "share of the split", unit == "faces, log scale"
    first = next(iter(counts.values()))
    names = sorted(first, key=first.__getitem__, reverse=True)
    marks = []
    for split, faces in counts.items():
        total = max(1, sum(faces.values()))
        values = [100 * faces[name] / total if share else faces[name] for name in names]
        text = [f"{value:.1f}" if share else f"{value:,}" for value in values]
        of = "% of " if share else " faces of "
        marks.append(
            Bars(
                x=[value or None for value in values] if log else values,
                y=names,
                horizontal=True,
                name=split,
                colour=SHADES.get(split, MUTED),
                text=text,
                hover=[f"{name}: {number}{of}{split}" for name, number in zip(names, text, strict=True)],
            )
        )
    return Chart(
        "Class distribution per split",
        x=Axis(UNITS[unit], kind="log" if log else "linear", low=1 if log else 0),
        y=Axis(kind="category"),
        marks=marks,
        height=110 + len(names) * (14 + 15 * len(counts)),
    )


def issues(counts: Mapping[str, int], chosen: str = "") -> Chart:
    """How many faces have each issue, the most frequent on top; the payload of a bar is its name."""
    names = sorted((name for name in counts if counts[name]), key=counts.__getitem__, reverse=True)
    bars = Bars(
        x=[counts[name] for name in names],
        y=names,
        horizontal=True,
        colour=SHADES["train"],
        text=[f"{counts[name]:,}" for name in names],
        hover=[f"{name}: {counts[name]:,} faces" for name in names],
        select=names,
    )
    return Chart(
        "Faces with an issue",
        x=Axis("faces", low=0),
        y=Axis(kind="category"),
        marks=[bars],
        height=90 + 32 * len(names),
        chosen=[chosen] if chosen else [],
    )
