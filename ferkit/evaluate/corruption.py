"""Robustness of a run to what cameras do to faces: its scores on one split, corrupted in one way after the other.

Every corruption maps uint8 (N, H, W[, 3]) and a generator to the same shape; boxes and directions are the same for all
faces. Hendrycks and Dietterich 2019, Benchmarking Neural Network Robustness to Common Corruptions and Perturbations,
arXiv:1903.12261.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.evaluate.labels import UNKNOWN, label_map
from ferkit.predict.classifier import Classifier

__all__ = ["CLEAN", "CORRUPTIONS", "CorruptionScore", "corruption_scores", "mean_accuracy"]

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]
Progress = Callable[[str, int, int], None]  # corruption, done, in all
CLEAN = "as released"
GRAY = 128


@dataclass(frozen=True)
class CorruptionScore:
    """What a run scores on one split, corrupted in one way."""

    corruption: str
    n: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    recall: tuple[float, ...]  # per class of the run


def corruption_scores(
    classifier: Classifier,
    part: Faces,
    corruptions: Mapping[str, Corruption] | None = None,
    *,
    adjust: Callable[[np.ndarray], np.ndarray] = lambda logits: logits,
    seed: int = 0,
    progress: Progress = lambda name, done, total: None,
) -> list[CorruptionScore]:
    """Scores of the faces as released, then of each corruption; `adjust` is applied to the logits (N, C). Faces of
    classes that the run does not have are left out.

    Raises DataError where the run and the faces share fewer than two classes.
    """
    chosen = CORRUPTIONS if corruptions is None else corruptions
    true = label_map(classifier.classes, part.classes)[part.labels]
    images, true = part.images[true != UNKNOWN], true[true != UNKNOWN]
    kinds: dict[str, Corruption] = {CLEAN: lambda images, generator: images, **chosen}
    scores = []
    for done, (name, corrupt) in enumerate(kinds.items()):
        progress(name, done, len(kinds))
        logits = adjust(classifier.logits(corrupt(images, np.random.default_rng(seed))))
        matrix = metrics.confusion(true, logits.argmax(1), len(classifier.classes))
        scores.append(
            CorruptionScore(
                name,
                len(true),
                float(metrics.accuracy(matrix)),
                metrics.interval(matrix, metrics.accuracy),
                float(metrics.macro_f1(matrix)),
                tuple(metrics.recall(matrix).tolist()),
            )
        )
    return scores


def mean_accuracy(scores: list[CorruptionScore]) -> float:
    """Mean accuracy over the corruptions, the faces as released left out."""
    return float(np.mean([score.accuracy for score in scores if score.corruption != CLEAN]))


def _each(one: Callable[[np.ndarray], np.ndarray]) -> Corruption:
    """A corruption of single images as one of many."""
    return lambda images, generator: np.stack([one(image) for image in images]).reshape(images.shape)


def _pixels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def gaussian_blur(sigma: float) -> Corruption:
    """A Gaussian of `sigma` pixels; edges repeat."""
    return _each(lambda image: cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def motion_blur(length: int) -> Corruption:
    """A horizontal mean over `length` pixels."""
    kernel = np.full((1, length), 1 / length, np.float32)
    return _each(lambda image: cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REPLICATE))


def gaussian_noise(levels: float) -> Corruption:
    """Noise of a standard deviation of `levels` of 255."""
    return lambda images, generator: _pixels(images + generator.normal(0.0, levels, images.shape))


def impulse_noise(share: float) -> Corruption:
    """A share of the pixels is black or white."""

    def corrupt(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        drawn = generator.random(images.shape[:3])
        drawn = drawn if images.ndim == 3 else drawn[..., None]
        return np.where(drawn < share / 2, 0, np.where(drawn > 1 - share / 2, 255, images)).astype(np.uint8)

    return corrupt


def jpeg(quality: int) -> Corruption:
    """Written as JPEG and read again."""

    def compressed(image: np.ndarray) -> np.ndarray:
        _, written = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.asarray(cv2.imdecode(written, cv2.IMREAD_UNCHANGED))

    return _each(compressed)


def brightness(factor: float) -> Corruption:
    """Every pixel times `factor`, cut off at white."""
    return lambda images, generator: _pixels(images * factor)


def contrast(factor: float) -> Corruption:
    """Every pixel's distance from its face's mean times `factor`."""

    def corrupt(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        mean = images.mean(axis=tuple(range(1, images.ndim)), keepdims=True)
        return _pixels(mean + factor * (images - mean))

    return corrupt


def side_light(amount: float) -> Corruption:
    """Times 1 at the left edge, falling to 1 - amount at the right one."""

    def corrupt(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        light = np.linspace(1.0, 1.0 - amount, images.shape[2])
        return _pixels(images * light.reshape(1, 1, -1, *[1] * (images.ndim - 3)))

    return corrupt


def low_resolution(factor: float) -> Corruption:
    """Shrunk by a factor and enlarged again."""

    def resized(image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        small = cv2.resize(image, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)

    return _each(resized)


def covered(top: float, bottom: float, left: float, right: float) -> Corruption:
    """A gray box over a part of the face; the edges as shares of its size."""

    def corrupt(images: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        height, width = images.shape[1:3]
        boxed = images.copy()
        boxed[:, round(top * height) : round(bottom * height), round(left * width) : round(right * width)] = GRAY
        return boxed

    return corrupt


CORRUPTIONS: dict[str, Corruption] = {
    "blur of 1 pixel": gaussian_blur(1.0),
    "noise of 15 levels": gaussian_noise(15.0),
    "JPEG of quality 20": jpeg(20),
    "brightness × 1.5": brightness(1.5),
    "brightness × 0.5": brightness(0.5),
    "light from a side": side_light(0.8),
    "half the resolution": low_resolution(2.0),
    "eyes covered": covered(0.25, 0.5, 0.1, 0.9),
    "mouth covered": covered(0.65, 0.95, 0.2, 0.8),
    "contrast × 0.4": contrast(0.4),
    "motion of 5 pixels": motion_blur(5),
    "impulses in 3% of the pixels": impulse_noise(0.03),
}
