"""Read a photo: open it, find its faces, crop, classify.

    from ferkit import faces, predict, runs
    classifier = predict.Classifier.open(runs.open_run("compact"))
    reading = predict.read(Path("me.jpg"), classifier, faces.detector())
    reading.faces[0].label, reading.faces[0].probabilities.max()

Everything that reads faces calls it (the command line, the pages, live frames, videos, timings), so the same bytes get
the same numbers everywhere. Faces are detected on a reduced copy and cut out of the photo as it is. Arrays in and out;
never imports torch by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ferkit import images, metrics
from ferkit.errors import MediaError
from ferkit.faces.crop import MARGIN, square_crop, to_network
from ferkit.faces.detect import PHOTO, Box, Detector, Effort

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["FaceReading", "Method", "PhotoReading", "middle", "read"]

HARDLY_LARGER = 48  # pixels that a face already cut out may be larger than the network's input, as datasets have them
Method = Literal["detected", "whole image"]


@dataclass(frozen=True, eq=False)
class FaceReading:
    """A network's prediction for one face."""

    box: Box  # in pixels of the photo
    classes: tuple[str, ...]
    probabilities: np.ndarray  # float (C,), calibrated, sum 1
    crop: np.ndarray | None = None  # uint8 (size, size) or (size, size, 3): what the network was given
    heat: np.ndarray | None = None  # float (h, w) in [0, 1]: Grad-CAM of `label` over the crop, where it was asked for
    features: np.ndarray | None = None  # float16 (D,): what the network's last layer was given, where `heat` is
    track: int = 0  # the same number for the same face from frame to frame

    @property
    def label(self) -> str:
        """The most probable class."""
        return self.classes[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """Its probability, in [0, 1]."""
        return float(self.probabilities.max())

    @property
    def by_class(self) -> dict[str, float]:
        """The probability of each class, in the order of the run's classes."""
        return dict(zip(self.classes, self.probabilities.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class PhotoReading:
    """The faces of one photo, the largest first; none if no face was found."""

    width: int  # pixels of the photo, upright
    height: int
    faces: tuple[FaceReading, ...]
    method: Method  # how the boxes came about
    margin: float  # of the crops, as a share of a box's longer side
    detector: str  # its name


def read(
    photo: bytes | Path | np.ndarray,
    classifier: "Classifier",
    detector: Detector,
    *,
    margin: float = MARGIN,
    effort: Effort = PHOTO,
    boxes: Sequence[Box] | None = None,
    whole_image: bool = False,
    explain: bool = False,
    mirror: bool = False,
) -> PhotoReading:
    """Find and classify every face of a photo: a file's bytes, its path, or uint8 gray (H, W) or RGB (H, W, 3).

    margin: added to the longer side of a box, as a share of it. boxes: those `detector` gave for this photo before.
    whole_image: take the square in the middle for one face. explain: compute `heat`. mirror: average the probabilities
    of each face with those of its mirror image.
    A photo without a detected face and at most 48 pixels larger than the network's input is taken for a face already
    cut out.
    Raises MediaError for a file that is not a photo, ConfigError for a negative margin.
    """
    image = _opened(photo)
    located = [] if whole_image else list(detector.detect(image, effort) if boxes is None else boxes)
    method: Method = "detected"
    if whole_image or (not located and max(image.shape[:2]) <= classifier.input.size + HARDLY_LARGER):
        located, margin, method = [middle(image)], 0.0, "whole image"
    size, channels = classifier.input.size, classifier.input.channels
    crops = [to_network(square_crop(image, box, margin), size, channels) for box in located]
    faces = _classified(located, crops, classifier, explain) if located else ()
    faces = _mirrored(faces, crops, classifier, explain) if mirror and located else faces
    return PhotoReading(image.shape[1], image.shape[0], faces, method, margin, detector.name)


def middle(image: np.ndarray) -> Box:
    """The largest square in the middle of an image, as if it were a face's box."""
    height, width = image.shape[:2]
    side = min(height, width)
    return Box((width - side) // 2, (height - side) // 2, side, side, 0.0)


def _opened(photo: bytes | Path | np.ndarray) -> np.ndarray:
    """uint8 RGB (H, W, 3)."""
    if not isinstance(photo, np.ndarray):
        return images.open_photo(photo)
    if photo.dtype != np.uint8 or photo.ndim not in (2, 3) or not photo.size or photo.shape[2:] not in ((), (3,)):
        raise MediaError(
            f"Expected a uint8 image, gray (H, W) or RGB (H, W, 3), got {photo.dtype} {photo.shape}. Convert it first."
        )
    return images.rgb(photo)


def _classified(
    boxes: list[Box], crops: list[np.ndarray], classifier: "Classifier", explain: bool
) -> tuple[FaceReading, ...]:
    faces, classes = np.stack(crops), tuple(classifier.classes)
    if not explain:
        rows = zip(boxes, crops, classifier.probabilities(faces), strict=True)
        return tuple(FaceReading(box, classes, p, crop) for box, crop, p in rows)
    analysis = classifier.analyse(faces)
    probabilities = metrics.softmax(analysis.logits, classifier.temperature)
    explained = zip(boxes, crops, probabilities, analysis.maps, analysis.features, strict=True)
    return tuple(FaceReading(box, classes, p, crop, heat, features) for box, crop, p, heat, features in explained)


def _mirrored(
    faces: tuple[FaceReading, ...], crops: list[np.ndarray], classifier: "Classifier", explain: bool
) -> tuple[FaceReading, ...]:
    """The same faces, their probabilities averaged with those of their mirror images."""
    other = classifier.probabilities(np.stack([crop[:, ::-1] for crop in crops]))
    means = (np.stack([face.probabilities for face in faces]) + other) / 2
    changed = [i for i, face in enumerate(faces) if int(means[i].argmax()) != int(face.probabilities.argmax())]
    heat = {i: face.heat for i, face in enumerate(faces)}
    if explain and changed:  # the map is that of the answer
        heat |= zip(
            changed, classifier.explain(np.stack([crops[i] for i in changed]), means[changed].argmax(1)), strict=True
        )
    return tuple(replace(face, probabilities=means[i], heat=heat[i]) for i, face in enumerate(faces))
