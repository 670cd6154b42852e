"""Every kind of corruption in five strengths; those of `CORRUPTIONS` are the third of theirs."""

from collections.abc import Callable
from dataclasses import dataclass

from ferkit.evaluate.corruption import (
    Corruption,
    brightness,
    contrast,
    covered,
    gaussian_blur,
    gaussian_noise,
    impulse_noise,
    jpeg,
    low_resolution,
    motion_blur,
    roll,
    scale,
    side_light,
)

__all__ = ["KINDS", "STRENGTHS", "Kind"]

STRENGTHS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Kind:
    """One kind of corruption."""

    make: Callable[[float], Corruption]  # of an amount
    amounts: tuple[float, float, float, float, float]  # the weakest first
    unit: str  # what an amount is
    single: str = ""  # its third strength's name in `CORRUPTIONS`, where it is one of these

    def at(self, strength: int) -> Corruption:
        """The corruption at a strength from 1 to 5."""
        return self.make(self.amounts[strength - 1])


def _box(top: float, bottom: float, left: float, right: float) -> Callable[[float], Corruption]:
    """A box of that many times its size, about its centre, cut off at the edges."""

    def make(size: float) -> Corruption:
        y, x, height, width = (
            (top + bottom) / 2,
            (left + right) / 2,
            size * (bottom - top) / 2,
            size * (right - left) / 2,
        )
        return covered(max(0.0, y - height), min(1.0, y + height), max(0.0, x - width), min(1.0, x + width))

    return make


KINDS: dict[str, Kind] = {
    "noise": Kind(gaussian_noise, (5, 10, 15, 25, 40), "levels of 255", "noise of 15 levels"),
    "impulses": Kind(
        impulse_noise, (0.01, 0.02, 0.03, 0.06, 0.12), "share of the pixels", "impulses in 3% of the pixels"
    ),
    "blur": Kind(gaussian_blur, (0.5, 0.75, 1.0, 1.5, 2.5), "pixels", "blur of 1 pixel"),
    "motion": Kind(motion_blur, (2, 3, 5, 7, 11), "pixels", "motion of 5 pixels"),
    "low resolution": Kind(low_resolution, (1.25, 1.5, 2, 3, 4), "times smaller", "half the resolution"),
    "JPEG": Kind(lambda quality: jpeg(int(quality)), (60, 40, 20, 10, 5), "quality", "JPEG of quality 20"),
    "dark": Kind(brightness, (0.8, 0.65, 0.5, 0.35, 0.2), "times the brightness", "brightness × 0.5"),
    "bright": Kind(brightness, (1.2, 1.35, 1.5, 1.75, 2.2), "times the brightness", "brightness × 1.5"),
    "low contrast": Kind(contrast, (0.8, 0.6, 0.4, 0.25, 0.1), "times the contrast", "contrast × 0.4"),
    "side light": Kind(side_light, (0.4, 0.6, 0.8, 0.9, 1.0), "darker at the far side", "light from a side"),
    "eyes covered": Kind(_box(0.25, 0.5, 0.1, 0.9), (0.5, 0.75, 1, 1.25, 1.5), "times the box", "eyes covered"),
    "mouth covered": Kind(_box(0.65, 0.95, 0.2, 0.8), (0.5, 0.75, 1, 1.25, 1.5), "times the box", "mouth covered"),
    "roll": Kind(roll, (5, 10, 15, 20, 30), "degrees"),
    "smaller face": Kind(scale, (0.9, 0.8, 0.7, 0.6, 0.5), "times the size"),
    "larger face": Kind(scale, (1.1, 1.2, 1.3, 1.4, 1.6), "times the size"),
}
