"""Shares of evidence per part of the face."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.spec import Axis, Bars, Cells, Chart, Intervals, Points, Rules
from dashboard.words import signed
from ferkit.colours import ACCENT, MUTED
from ferkit.explain.region_differences import RegionDifference
from ferkit.explain.region_shares import RegionTable

__all__ = ["bars", "differences", "every_class"]


def every_class(
    table: RegionTable, classes: tuple[str, ...], regions: Sequence[str], of: str, chosen: str = ""
) -> Chart:
    """A cell per class and region with the mean share, its interval on hover; a cell's payload is its class."""
    cells = [(i, j) for i in range(len(classes)) for j in range(len(regions)) if np.isfinite(table.mean[i, j])]
    return Chart(
        "Share of the evidence per part of the face",
        Axis(kind="category", names=regions),
        Axis(of, kind="category", names=classes),
        [
            Cells(
                x=[regions[j] for _, j in cells],
                y=[classes[i] for i, _ in cells],
                value=[float(table.mean[i, j]) for i, j in cells],
                top=max([float(table.mean[i, j]) for i, j in cells], default=1.0),
                text=[f"{100 * table.mean[i, j]:.0f}%" for i, j in cells],
                hover=[f"{classes[i]}, {regions[j]}: {_interval(table, i, j)}\n{table.n[i]:,} faces" for i, j in cells],
                select=[classes[i] for i, _ in cells],
            )
        ],
        height=86 + 30 * len(classes),
        chosen=[chosen] if chosen else [],
        legend=False,
    )


def bars(groups: Sequence[tuple[str, str, RegionTable, int]], regions: Sequence[str], title: str, what: str) -> Chart:
    """Bars side by side for groups of faces, each (name, "#rrggbb", a table, which of its rows), with 95% intervals."""
    marks = []
    for name, colour, table, row in groups:
        label = f"{name} ({table.n[row]:,} face{'' if table.n[row] == 1 else 's'})"
        marks.append(
            Bars(
                x=100 * table.mean[row],
                y=regions,
                horizontal=True,
                low=100 * table.low[row],
                high=100 * table.high[row],
                name=label,
                colour=colour,
                hover=[f"{name}, {region}: {_interval(table, row, j)}" for j, region in enumerate(regions)],
            )
        )
    named = {f"{name} %": (100 * table.mean[row]).tolist() for name, _, table, row in groups}
    return Chart(
        title,
        Axis(what, low=0, suffix="%"),
        Axis(kind="category", names=regions),
        marks,
        height=120 + (22 + 14 * len(groups)) * len(regions),
        table={"region": regions, **named},
    )


def differences(found: RegionDifference, regions: Sequence[str], run: str, base: str, title: str) -> Chart:
    """A point per region for the share of `run` less that of `base`, with its 95% interval; those that differ after
    Bonferroni's correction in colour."""
    tints = [ACCENT if significant else MUTED for significant in found.significant]
    values, low, high = (100 * part for part in (found.mean, found.low, found.high))
    hover = [
        f"{region}: {signed(found.mean[j])} points [{signed(found.low[j])}, {signed(found.high[j])}]"
        for j, region in enumerate(regions)
    ]
    return Chart(
        title,
        Axis(f"points of share, {run} − {base}, 95% interval", signed=True),
        Axis(kind="category", names=regions),
        [
            Rules(0.0, vertical=True),
            Intervals(regions, low, high, horizontal=True, colour=tints, width=2),
            Points(values, regions, size=12, colour=tints, hover=hover),
        ],
        height=96 + 30 * len(regions),
        table={"region": regions, "points": values.tolist(), "low": low.tolist(), "high": high.tolist()},
    )


def _interval(table: RegionTable, row: int, region: int) -> str:
    mean, low, high = (100 * part[row, region] for part in (table.mean, table.low, table.high))
    return f"{mean:.1f}%" + (f" [{low:.1f}, {high:.1f}]" if np.isfinite(low) else "")
