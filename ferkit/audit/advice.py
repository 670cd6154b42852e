"""What makes a face of a photo hard to read, and what to do about it, in words.

    for sentence in advise(face):  # a FaceReading with its crop
        print(sentence)            # too dark: more light from the front

The measures are those of the audit, taken from what the network was given; a face is named where it lies beyond 99 of
100 training faces of FER2013 (`LIMITS`), the roll beyond 98 of 100.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ferkit.audit.geometry import geometry
from ferkit.audit.mean_face import MeanFace
from ferkit.audit.pixels import pixel_properties
from ferkit.faces.crop import roll
from ferkit.images import resize
from ferkit.predict.photo import FaceReading

__all__ = ["LIMITS", "SIDE", "TOO_SMALL", "advise"]

SIDE = 48  # pixels a side at which faces are measured, as FER2013 has them
TOO_SMALL = 12  # pixels of a box's longer side
LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType({  # 1st and 99th percentiles of FER2013's training faces
    "brightness": (0.20, 0.80),
    "contrast": (0.098, 0.5),
    "sharpness": (0.21, 64.0),
    "side light": (-0.36, 0.34),
    "roll": (-28.0, 26.0),  # 2nd and 98th
    "likeness": (0.185, 1.0),
})  # fmt: skip
ADVICE = {  # below and above the limits
    "brightness": ("too dark: more light from the front", "too bright: less light, or a shorter exposure"),
    "contrast": ("hardly any contrast: avoid haze and a light behind the head", ""),
    "sharpness": ("blurred: hold still, come closer, clean the lens", ""),
    "side light": ("lit from the left alone: light from the front", "lit from the right alone: light from the front"),
    "roll": ("head tilted: hold it upright", "head tilted: hold it upright"),
    "likeness": ("partly covered, in profile or no face: show the whole face from the front", ""),
}


def advise(face: FaceReading, mean: MeanFace | None = None) -> tuple[str, ...]:
    """What is wrong with a face that was read, each with what to do; nothing for an ordinary one.

    mean: the mean training face, to tell whether the face is covered; not checked without it. A crop is uint8 (S, S) or
    (S, S, 3); nothing is said of its pixels where the reading holds none.
    """
    size = max(face.box.w, face.box.h)
    if size <= TOO_SMALL:
        return (f"too small ({size} pixels): come closer, or take a larger photo",)
    values = {"roll": roll(face.box)}
    if face.crop is not None:
        values |= _measured(face.crop, mean)
    return tuple(sentence for name, value in values.items() if (sentence := _sentence(name, value)))


def _measured(crop: np.ndarray, mean: MeanFace | None) -> dict[str, float]:
    images = resize(crop, SIDE, SIDE)[None]
    found = pixel_properties(images)
    if mean is not None:
        found["likeness"] = geometry(images, mean, mean.align(images))["likeness"]
    return {name: float(found[name][0]) for name in LIMITS if name in found and name != "roll"}


def _sentence(name: str, value: float) -> str:
    low, high = LIMITS[name]
    return ADVICE[name][0] if value < low else ADVICE[name][1] if value > high else ""
