"""Demo faces: drawn, not photographed, so that every page has images before a dataset is imported.

    faces = draw()                                   # 3000 gray faces of 48x48, seven emotions
    faces = draw(600, size=64, colour=True, emotions=("angry", "happy", "sad"))

Brows, lids, nose, mouth and head follow the emotion's action units; classes are as imbalanced as in FER2013; the same
seed gives the same pixels. Some faces are ambiguous, as the votes show, and a few of val are also in train.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from ferkit.data.faces import Faces, stratified
from ferkit.data.synthetic.emotions import SHARES, check_emotions, likelihood, sample_expressions
from ferkit.data.synthetic.people import sample_people, sample_pose
from ferkit.data.synthetic.render import render
from ferkit.errors import DataError

__all__ = ["contact_sheet", "draw"]

BLOCK = 500  # faces drawn at a time, to bound memory
LEAST = 3  # faces per class: one for each split
COPIES = 8  # faces of val copied from train
VOTES = 10  # per face


def draw(
    n: int = 3000,
    seed: int = 0,
    size: int = 48,
    colour: bool = False,
    emotions: Sequence[str] | None = None,
    name: str = "Demo faces",
) -> Faces:
    """n faces of size x size pixels, gray or RGB, split 80/10/10 with every emotion in each split.

    Raises DataError for an unknown emotion, fewer than two of them, fewer than three faces for each, or a size outside
    16..512.
    """
    classes = check_emotions(emotions)
    if n < LEAST * len(classes):
        raise DataError(
            f"{len(classes)} emotions need at least {LEAST * len(classes)} demo faces; got {n}. Ask for more."
        )
    if not 16 <= size <= 512:
        raise DataError(f"Demo faces are 16 to 512 pixels wide; got {size}. Choose a size in between.")
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(classes)), _counts(n, classes)))
    splits = _splits(labels, seed)
    source = _copies(labels, splits, rng)
    blocks = [_block(labels[k : k + BLOCK], classes, size, colour, [seed, k]) for k in range(0, n, BLOCK)]
    images, reading = (np.concatenate(parts)[source] for parts in zip(*blocks, strict=True))
    return Faces(
        name=name,
        images=images,
        labels=labels.astype(np.int16),
        ids=np.array([f"demo/{classes[label]}/{i:06d}" for i, label in enumerate(labels)]),
        splits=splits,
        classes=classes,
        votes=rng.multinomial(VOTES, _vote_probabilities(reading)).astype(np.uint8),
        vote_names=(*classes, "unknown"),
    )


def contact_sheet(faces: Faces, columns: int = 12, enlarge: int = 2) -> np.ndarray:
    """One row per class with its first `columns` faces, enlarged: uint8 (rows, width) gray or (rows, width, 3) RGB."""
    rows = []
    for label in range(len(faces.classes)):
        row = np.zeros((columns, *faces.images.shape[1:]), np.uint8)
        shown = faces.images[faces.labels == label][:columns]
        row[: len(shown)] = shown
        rows.append(np.concatenate(row, axis=1))
    image = np.concatenate(rows)
    return cv2.resize(image, (image.shape[1] * enlarge, image.shape[0] * enlarge), interpolation=cv2.INTER_CUBIC)


def _block(
    labels: np.ndarray, classes: Sequence[str], size: int, colour: bool, seed: list[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Images of some faces, and how an observer reads them (N, E)."""
    rng = np.random.default_rng(seed)
    expressions, people = sample_expressions(labels, classes, rng), sample_people(len(labels), rng)
    images = render(people, expressions, sample_pose(expressions, rng), size, colour, rng)
    return images, likelihood(expressions, classes)


def _counts(n: int, classes: Sequence[str]) -> np.ndarray:
    """Faces per class by FER2013's shares, `LEAST` at least; what rounding leaves goes to the largest."""
    shares = np.array([SHARES[emotion] for emotion in classes])
    counts = LEAST + np.floor((n - LEAST * len(classes)) * shares / shares.sum()).astype(int)
    counts[shares.argmax()] += n - counts.sum()
    return counts


def _splits(labels: np.ndarray, seed: int) -> np.ndarray:
    test = stratified(labels, 0.1, seed)
    rest = np.flatnonzero(~test)
    val = rest[stratified(labels[rest], 0.1 / 0.9, seed + 1)]
    splits = np.where(test, "test", "train")
    splits[val] = "val"
    return splits


def _copies(labels: np.ndarray, splits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Index of the face whose image each face gets: its own, but for a few of val a face of train of the same class."""
    source = np.arange(len(labels))
    val = np.flatnonzero(splits == "val")
    for face in rng.permutation(val)[: min(COPIES, len(val) // 3)]:
        source[face] = rng.choice(np.flatnonzero((splits == "train") & (labels == labels[face])))
    return source


def _vote_probabilities(reading: np.ndarray) -> np.ndarray:
    """Probabilities of votes (N, E + 1): 93% as read, 5% spread evenly over all emotions, 2% unknown."""
    odds = np.concatenate([0.93 * reading + 0.05 / reading.shape[1], np.full((len(reading), 1), 0.02)], 1)
    return odds / odds.sum(1, keepdims=True)
