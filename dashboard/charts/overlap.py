"""Which classes lie among which others, as a table of cells."""

import numpy as np

from dashboard.charts.spec import Axis, Cells, Chart

__all__ = ["overlap"]

MIXED, SAME = "#4f46e5", "#2f9e6e"


def overlap(
    shares: np.ndarray, classes: tuple[str, ...], neighbours: int, chosen: tuple[str, str] | None = None
) -> Chart:
    """`shares` (C, C) in [0, 1], nan for a class without faces: row i is how the nearest neighbours of a face of class
    i are labelled. A cell's payload is [true class, class of the neighbours]."""
    cells = [(i, j) for i in range(len(classes)) for j in range(len(classes)) if np.isfinite(shares[i, j])]
    return Chart(
        f"How the {neighbours} nearest neighbours of each class are labelled",
        x=Axis("label of the neighbours", kind="category", names=classes),
        y=Axis("true class", kind="category", names=classes),
        marks=[
            Cells(
                x=[classes[j] for _, j in cells],
                y=[classes[i] for i, _ in cells],
                value=[float(shares[i, j]) for i, j in cells],
                text=[f"{100 * shares[i, j]:.0f}%" for i, j in cells],
                colour=[SAME if i == j else MIXED for i, j in cells],
                hover=[f"{classes[i]}: {shares[i, j]:.1%} of the neighbours are {classes[j]}" for i, j in cells],
                select=[[classes[i], classes[j]] for i, j in cells],
            )
        ],
        height=110 + 40 * len(classes),
        legend=False,
        chosen=[list(chosen)] if chosen else (),
        table={
            "true class": [classes[i] for i, _ in cells],
            "label of the neighbours": [classes[j] for _, j in cells],
            "share": [round(float(shares[i, j]), 4) for i, j in cells],
        },
    )
