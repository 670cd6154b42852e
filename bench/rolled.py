"""What it is worth to turn a rolled face upright before it is read.

    $ python -m bench.rolled
    $ python -m bench.rolled --faces 14 --repeats 1     # does it run? no measurement

Val faces are pasted into scenes, turned to the left or to the right, and found; each one found is read twice: cut out
as it is, and turned upright by its landmarks. Without YuNet there are no landmarks, and both are the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from bench import subjects, timing
from bench.timing import Report, combine
from ferkit import faces as finding
from ferkit.errors import ConfigError
from ferkit.evaluate.chain import matched
from ferkit.evaluate.scenes import scenes
from ferkit.evaluate.significance import mcnemar
from ferkit.faces import square_crop, to_network

__all__ = ["main", "measure"]

ROLLS = (0, 15, 20, 30)  # degrees
PACKAGES = ("opencv-python-headless", "torch")


def measure(repeats: int, faces: int) -> Report:
    """The share of `faces` that are found at each roll, the accuracy of both ways on these, and McNemar's exact test
    between them over all repeats."""
    base, about = subjects.val_faces(faces)
    classifier, network = subjects.photo_classifier()
    detector = finding.detector()
    size, channels = classifier.input.size, classifier.input.channels
    labels = np.array([classifier.classes.index(base.classes[label]) for label in base.labels])
    samples, notes = [], [about, f"{network}; {detector.name}; each repeat draws other scenes"]
    for roll in ROLLS:
        found, right = [], []  # per repeat; (faces found, 2): as it is, upright
        for seed in range(repeats):
            pairs = dict(_crops(base.images, detector, roll, seed))
            if not pairs:
                raise ConfigError(f"{detector.name} found none of {len(base)} faces at {roll}°. Choose more --faces.")
            crops = [to_network(crop, size, channels) for pair in pairs.values() for crop in pair]
            answers = classifier.probabilities(np.stack(crops)).argmax(1).reshape(-1, 2)
            found.append(100 * len(pairs) / len(base))
            right.append(answers == labels[list(pairs), None])
        both = np.concatenate(right)
        samples += [
            combine(f"{roll}°: found", "%", found),
            combine(f"{roll}°: right as it is", "%", [100 * float(one[:, 0].mean()) for one in right]),
            combine(f"{roll}°: right upright", "%", [100 * float(one[:, 1].mean()) for one in right]),
        ]
        upright, as_it_is = (int((both[:, one] & ~both[:, 1 - one]).sum()) for one in (1, 0))
        notes.append(
            f"{roll}°: {upright} right only upright, {as_it_is} only as it is, p = {mcnemar(upright, as_it_is):.2g}"
        )
    return Report("rolled", repeats, samples, (), notes, PACKAGES)


def _crops(
    images: np.ndarray, detector: finding.Detector, roll: float, seed: int
) -> Iterator[tuple[int, tuple[np.ndarray, np.ndarray]]]:
    """The row of each face that is found, its crop as it is, and its crop upright."""
    for scene in scenes(images, roll=roll, seed=seed):
        boxes = detector.detect(scene.image)
        for row, place in zip(scene.faces, matched(scene.squares, boxes), strict=True):
            if place is not None:
                box = boxes[place]
                yield row, (square_crop(scene.image, replace(box, landmarks=())), square_crop(scene.image, box))


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=1, faces=1000)


if __name__ == "__main__":
    main()
