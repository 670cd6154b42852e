"""One colour per emotion and one per run, the same on every page, legible on light and on dark."""

from collections.abc import Sequence

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


def of_runs(names: Sequence[str]) -> dict[str, str]:
    """run -> "#rrggbb" by its position among all runs, so that a run has the same colour on every page."""
    return {name: RUNS[i % len(RUNS)] for i, name in enumerate(names)}
