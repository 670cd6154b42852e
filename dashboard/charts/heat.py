"""Where heat maps lie on the face."""

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart

__all__ = ["PARTS", "thirds"]

PARTS = {"upper": "#b87503", "middle": "#c9405f", "lower": "#7f56c5"}  # brows and eyes, nose and cheeks, mouth and chin


def thirds(shares: np.ndarray, classes: tuple[str, ...]) -> Chart:
    """Shares (C, 3) of each class's heat in the upper, middle and lower third of the face, stacked to 100%; the class
    with the most heat in the lower third at the bottom."""
    order = np.argsort(shares[:, 2], kind="stable")
    names = [classes[i] for i in order]
    ends = 100 * np.cumsum(shares[order], axis=1)
    marks = []
    for i, (part, colour) in enumerate(PARTS.items()):
        values = 100 * shares[order, i]
        marks.append(
            Bars(
                x=ends[:, i],
                y=names,
                base=ends[:, i] - values,
                horizontal=True,
                name=f"{part} third",
                colour=colour,
                text=[f"{value:.0f}%" for value in values],
                hover=[f"{name}, {part} third: {value:.1f}%" for name, value in zip(names, values, strict=True)],
            )
        )
    return Chart(
        "Heat by third of the face",
        Axis("share of the heat", low=0, high=100, suffix="%"),
        Axis(kind="category"),
        marks,
        height=110 + 30 * len(classes),
        table={"class": names, **{part: shares[order, i] for i, part in enumerate(PARTS)}},
    )
