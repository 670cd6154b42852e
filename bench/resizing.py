"""What it costs to shrink a face otherwise than the training faces were: bilinear, as a browser's `drawImage` does, in
place of the mean over areas.

    $ python -m bench.resizing
    $ python -m bench.resizing --faces 20 --repeats 1     # does it run? no measurement

Val faces are enlarged to 240 pixels, get the noise of a camera, and are shrunk again in both ways.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from bench import subjects, timing
from bench.timing import Report, Sample, combine
from ferkit import images
from ferkit.predict.classifier import Classifier

__all__ = ["main", "measure"]

PACKAGES = ("opencv-python-headless", "pillow", "torch")
LARGE = 240  # pixels
NOISE = (0, 10, 20)  # gray levels, the standard deviation: a webcam by day, in a room, in the evening


def measure(repeats: int, faces: int) -> Report:
    """The share of `faces` whose answer changes, how much its probabilities do, and the accuracy of both ways."""
    base, about = subjects.val_faces(faces)
    classifier, network = subjects.photo_classifier()
    labels = np.array([classifier.classes.index(base.classes[label]) for label in base.labels])
    values: dict[tuple[str, str], list[float]] = {}
    for seed in range(repeats):
        for noise in NOISE:
            for name, value in _both(base.images, labels, classifier, noise, seed).items():
                values.setdefault((f"noise {noise}: {name}", "probability" if "change of" in name else "%"), []).append(
                    value
                )
    samples: list[Sample] = [combine(name, unit, found) for (name, unit), found in values.items()]
    return Report("resizing", repeats, samples, (), [about, f"{network}; each repeat draws other noise"], PACKAGES)


def _both(faces: np.ndarray, labels: np.ndarray, classifier: Classifier, noise: int, seed: int) -> dict[str, float]:
    rng, side = np.random.default_rng(seed), classifier.input.size
    large = [_noisy(face, noise, rng) for face in faces]
    area = classifier.probabilities(np.stack([images.resize(face, side, side) for face in large]))
    linear = [cv2.resize(face, (side, side), interpolation=cv2.INTER_LINEAR) for face in large]
    bilinear = classifier.probabilities(np.stack(linear))
    return {
        "answers that change": 100 * float((area.argmax(1) != bilinear.argmax(1)).mean()),
        "largest change of a face's probabilities, median": float(np.median(np.abs(area - bilinear).max(1))),
        "right by areas": 100 * float((area.argmax(1) == labels).mean()),
        "right by bilinear": 100 * float((bilinear.argmax(1) == labels).mean()),
    }


def _noisy(face: np.ndarray, noise: int, rng: np.random.Generator) -> np.ndarray:
    large = cv2.resize(face, (LARGE, LARGE), interpolation=cv2.INTER_CUBIC).astype(float)
    return np.asarray(np.clip(large + rng.normal(0, noise, large.shape), 0, 255).astype(np.uint8))


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=3, faces=1000)


if __name__ == "__main__":
    main()
