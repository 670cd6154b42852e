"""What cameras do to faces. Every corruption maps uint8 (N, H, W[, 3]) and a generator to the same shape; boxes and
directions are the same for all faces.

Hendrycks and Dietterich 2019, Benchmarking Neural Network Robustness to Common Corruptions and Perturbations,
arXiv:1903.12261.
"""

from collections.abc import Callable

import cv2
import numpy as np

__all__ = [
    "CLEAN", "CORRUPTIONS", "Corruption", "brightness", "contrast", "covered", "gaussian_blur", "gaussian_noise",
    "impulse_noise", "jpeg", "low_resolution", "motion_blur", "roll", "scale", "side_light",
]  # fmt: skip

Corruption = Callable[[np.ndarray, np.random.Generator], np.ndarray]
CLEAN = "as released"
GRAY = 128


def _each(one: Callable[[np.ndarray], np.ndarray]) -> Corruption:
    """A corruption of single images as one of many."""
    return lambda images, generator: np.stack([one(image) for image in images]).reshape(images.shape)


def _pixels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def gaussian_blur(sigma: float) -> Corruption:
    """A Gaussian of `sigma` pixels; edges repeat."""
    return _each(lambda image: cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def motion_blur(length: float) -> Corruption:
    """A horizontal mean over `length` pixels, centred; the outermost ones count in part unless it is odd."""
    whole, part = divmod((length - 1) / 2, 1)
    weights = [1.0] * (2 * int(whole) + 1)
    kernel = np.array([[part, *weights, part] if part else weights], np.float32) / np.float32(length)
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
        size = max(1, round(width / factor)), max(1, round(height / factor))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
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


def roll(degrees: float) -> Corruption:
    """Turned counter-clockwise about the centre, as a tilted head; edges repeat."""
    return _each(lambda image: _warped(image, degrees, 1.0))


def scale(factor: float) -> Corruption:
    """The face `factor` times as large in its frame, as from a looser or a tighter crop; edges repeat."""
    return _each(lambda image: _warped(image, 0.0, factor))


def _warped(image: np.ndarray, degrees: float, factor: float) -> np.ndarray:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, factor)
    return cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


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
