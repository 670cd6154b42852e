"""One colour per emotion and one per run, the same on every page, legible on light and on dark."""

from collections.abc import Sequence

import numpy as np

__all__ = ["ACCENT", "BROKEN", "FIXED", "MUTED", "RIGHT", "WRONG", "of_classes", "of_runs"]

EMOTIONS = {
    "angry": "#dc4a3d", "disgust": "#6c9a2e", "fear": "#8b5cf6", "happy": "#e8a317",
    "neutral": "#7d8799", "sad": "#3b82c4", "surprise": "#e0609a", "contempt": "#b0713a",
    "anger": "#dc4a3d", "happiness": "#e8a317", "sadness": "#3b82c4",  # as FER+ names them
}  # fmt: skip
SPARE = ("#14a3a8", "#c2569b", "#5b8def", "#c98a1b", "#4fa36a", "#a06cd5", "#d9604c", "#6b7f99", "#92a832", "#b0713a")
# Neighbours in this order are far apart, so that runs whose names sort together look different; each has a contrast of
# at least 3:1 on the light and on the dark background.
RUNS = (
    "#6366f1", "#c478c4", "#0d9bdb", "#c98209", "#649d8f", "#eb684b", "#ec4899", "#8f6fb0", "#a855f7", "#2b8fa8",
    "#af8f00", "#3f9a5f", "#cd7e52", "#7f8bd9", "#5f7f94", "#c23b5e", "#7e9c19", "#12a393", "#b0713a", "#8593a6",
)  # fmt: skip
APART = 45.0  # CIELAB: colours of runs that share a chart differ at least so much
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))  # of linear sRGB: IEC 61966-2-1
RIGHT = "#2f9e6e"
WRONG = "#dc4a3d"
FIXED = RIGHT
BROKEN = WRONG
MUTED = "#8b93a7"
ACCENT = RUNS[0]


def of_classes(classes: Sequence[str]) -> dict[str, str]:
    """class -> "#rrggbb"; the known emotions keep theirs, others get spare ones in order."""
    fixed = {name: EMOTIONS[name.casefold()] for name in classes if name.casefold() in EMOTIONS}
    spare = iter(SPARE * (1 + len(classes) // len(SPARE)))
    return {name: fixed.get(name) or next(spare) for name in classes}


def of_runs(names: Sequence[str], together: Sequence[str] = ()) -> dict[str, str]:
    """run -> "#rrggbb" by its position among all runs, so that a run has the same colour on every page.

    Runs that are looked at `together` never look alike: the first keeps its colour, and one nearer than `APART` to
    those before it takes the colour farthest from them.
    """
    given = {name: RUNS[i % len(RUNS)] for i, name in enumerate(names)}
    taken: list[str] = []
    for name in together:
        if taken and _distance(given[name], taken) < APART:
            given[name] = max(RUNS, key=lambda colour: _distance(colour, taken))
        taken.append(given[name])
    return given


def _distance(colour: str, others: Sequence[str]) -> float:
    """To the nearest of the others, in CIELAB."""
    return float(np.linalg.norm(_lab([colour]) - _lab(others), axis=1).min())


def _lab(colours: Sequence[str]) -> np.ndarray:
    """float (N, 3): L* 0 to 100, a*, b* of sRGB colours under D65, as ISO/CIE 11664-4."""
    value = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours]) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array(XYZ).T / np.sum(XYZ, axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)
