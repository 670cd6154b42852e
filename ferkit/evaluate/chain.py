"""From a picture to the truth: faces pasted into scenes, found, cropped and read as a photo is, and what each step
loses.

    $ python -m ferkit chain compact-wild

Stored beside the other results, as `<split>-chain.parquet`: per detector, kind of trouble and amount of it.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError
from ferkit.evaluate.corruption import Corruption, brightness, gaussian_blur, side_light
from ferkit.evaluate.parts import labelled, set_aside
from ferkit.evaluate.scenes import SIZES, Scene, scenes
from ferkit.evaluate.storing import write_parquet
from ferkit.faces import Box, Detector
from ferkit.faces.crop import square_crop, to_network
from ferkit.predict import photo
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_folder
from ferkit.runs.chain import COUNTS
from ferkit.runs.locks import locked
from ferkit.runs.pending import together

__all__ = ["CONDITIONS", "LEAST", "PLAIN", "Condition", "chain", "matched"]

PLAIN = "as drawn"
OVERLAP = 0.3  # least intersection over union of a box and the square it finds
EDGES = (SIZES[0], 48, 72, 110, SIZES[1] + 1)  # pixels: bounds of the size groups
LEAST = 50  # faces that are worth scoring
Progress = Callable[[str, int, int], None]  # what is scored, done, in all


@dataclass(frozen=True)
class Condition:
    """A kind of trouble, done to whole scenes, or to faces where it is a roll."""

    kind: str
    amount: float
    unit: str
    corrupt: Corruption | None = None
    roll: float = 0.0  # degrees

    @property
    def name(self) -> str:
        """As in "blur, 2 pixels"."""
        return self.kind if self.kind == PLAIN else f"{self.kind}, {self.amount:g} {self.unit}"


CONDITIONS = (
    Condition(PLAIN, 0, ""),
    *(Condition("dark", factor, "times the light", brightness(factor)) for factor in (0.25, 0.1)),
    Condition("side light", 0.9, "darker at the far side", side_light(0.9)),
    *(Condition("blur", sigma, "pixels", gaussian_blur(sigma)) for sigma in (2.0, 4.0)),
    *(Condition("roll", degrees, "degrees", roll=degrees) for degrees in (15, 30)),
)


@dataclass
class _Tally:
    """What became of each face: rows are faces, columns as in `COUNTS` without the first and the last."""

    rows: list[tuple[int, list[bool]]] = field(default_factory=list)  # side of a face; what is true of it
    extra: int = 0


def chain(
    run: Run,
    faces: Faces,
    split: str,
    detectors: Sequence[Detector],
    *,
    n: int = 1000,
    conditions: Sequence[Condition] = CONDITIONS,
    seed: int = 0,
    progress: Progress = lambda name, done, total: None,
) -> pd.DataFrame:
    """Score `run` on n faces of one split, drawn at random and pasted into scenes, store the table in its folder and
    return it as `Results.chain` does.

    Every condition has the same faces in the same places. The first of `conditions` is scored again by the size of the
    faces. Raises ConfigError for fewer than `LEAST` faces, DataError as `evaluate` does.
    """
    run = open_folder(run.path)
    part, labels, _ = labelled(run, faces, split)
    if n < LEAST:
        raise ConfigError(f"Expected at least {LEAST} faces, got {n}. Choose more, such as 1000.")
    chosen = np.random.default_rng(seed).permutation(len(part))[:n]
    images, true = part.images[chosen], labels[chosen]
    classifier = Classifier.open(run)
    released = classifier.logits(images).argmax(1) == true
    rows = []
    for done, condition in enumerate(conditions):
        progress(condition.name, done, len(conditions))
        tallies = _scored(classifier, detectors, images, true, released, condition, seed)
        for detector, tally in zip(detectors, tallies, strict=True):
            rows += _rows(detector.name, condition, tally, by_size=condition is conditions[0])
    progress(condition.name, len(conditions), len(conditions))
    table = pd.DataFrame(rows, columns=["detector", "kind", "amount", "smallest", "largest", *COUNTS])
    set_aside(run, faces)
    with locked(run.path), together(run.path) as staged:
        folder = staged / run.results(faces.name).path.relative_to(run.path)
        folder.mkdir(parents=True, exist_ok=True)
        write_parquet(table, folder / f"{split}-chain.parquet")
    return table


def matched(squares: Sequence[Box], boxes: Sequence[Box]) -> list[int | None]:
    """For each square the place of the box that finds it, the best pairs first, each box once; None where there is
    none."""
    overlap = np.array([[_overlap(square, box) for box in boxes] for square in squares])
    overlap = overlap.reshape(len(squares), len(boxes))
    found: list[int | None] = [None] * len(squares)
    while overlap.size and overlap.max() >= OVERLAP:
        i, j = (int(place) for place in np.unravel_index(overlap.argmax(), overlap.shape))
        found[i] = j
        overlap[i, :] = overlap[:, j] = -1
    return found


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    width, height = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    shared = max(0, width) * max(0, height)
    return shared / (a.w * a.h + b.w * b.h - shared)


def _scored(
    classifier: Classifier,
    detectors: Sequence[Detector],
    images: np.ndarray,
    true: np.ndarray,
    released: np.ndarray,
    condition: Condition,
    seed: int,
) -> list[_Tally]:
    tallies = [_Tally() for _ in detectors]
    for scene in scenes(images, roll=condition.roll, seed=seed):
        picture = scene.image
        if condition.corrupt is not None:
            picture = condition.corrupt(picture[None], np.random.default_rng(seed))[0]
        rows = list(scene.faces)
        pasted = _in_place(classifier, picture, scene).argmax(1) == true[rows]
        for detector, tally in zip(detectors, tallies, strict=True):
            readings = photo.read(picture, classifier, detector).faces
            found = matched(scene.squares, [reading.box for reading in readings])
            tally.extra += len(readings) - sum(place is not None for place in found)
            for i, place in enumerate(found):
                right = place is not None and int(readings[place].probabilities.argmax()) == true[rows[i]]
                face = [released[rows[i]], pasted[i], place is not None, place is not None and pasted[i], right]
                tally.rows.append((scene.squares[i].w, face))
    return tallies


def _in_place(classifier: Classifier, picture: np.ndarray, scene: Scene) -> np.ndarray:
    """Logits (n, C) of the faces of a scene, cut out where they are known to lie."""
    size, channels = classifier.input.size, classifier.input.channels
    crops = [to_network(square_crop(picture, square, 0.0), size, channels) for square in scene.squares]
    return classifier.logits(np.stack(crops))


def _rows(detector: str, condition: Condition, tally: _Tally, *, by_size: bool) -> list[tuple[object, ...]]:
    """One row of all faces, and one for each range of sizes that has faces."""
    sides, facts = np.array([side for side, _ in tally.rows]), np.array([row for _, row in tally.rows])
    head = (detector, condition.kind, float(condition.amount))
    rows: list[tuple[object, ...]] = [(*head, *SIZES, len(facts), *facts.sum(0).tolist(), tally.extra)]
    for low, high in itertools.pairwise(EDGES) if by_size else ():
        within = (sides >= low) & (sides < high)
        if within.any():  # boxes that hold no face belong to no size
            rows.append((*head, low, high - 1, int(within.sum()), *facts[within].sum(0).tolist(), 0))
    return rows
