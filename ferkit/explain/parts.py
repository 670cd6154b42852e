"""What each class's score owes to the parts of a face: a part is replaced by that of a mean face, of all faces or of
another class.

    change_c = p_c(x with the part R of r) - p_c(x)

p is the probability of class c, r the mean face with the brightness and contrast of x, R a region whose inner edge is
faded over a pixel or two so that no seam is added. With the mean of all faces the part is hidden; with that of a class
it is a counterfactual: a face whose mouth is that of the mean happy face. Occlusion: Zeiler & Fergus 2014,
arXiv:1311.2901; counterfactual patches: Goyal et al. 2019, arXiv:1904.07451.
"""

import numpy as np
import torch
from torch import Tensor

from ferkit.explain.method import CHUNK
from ferkit.explain.smoothing import smoothed
from ferkit.metrics import UNCALIBRATED, Temperature
from ferkit.models import Network
from ferkit.models.input import pixels
from ferkit.models.temperature import tempered

__all__ = ["changes", "faded", "replaced", "swap"]

FADE = 0.8  # standard deviation in pixels of what fades a region's edge


def changes(
    model: Network, x: Tensor, donors: Tensor, masks: Tensor, temperature: Temperature = UNCALIBRATED
) -> Tensor:
    """Changes of all classes' probabilities (B, D, R, C) when each part of faces x (B, channels, H, H) is replaced by
    that of each of the faces `donors` (D, channels, H, H), all prepared; `masks` (R, H, H) are bool.

    `model` is only run, in the mode it is in.
    """
    soft = faded(masks)
    with torch.inference_mode():
        before = tempered(model(x), temperature).softmax(1)
        parts = [
            tempered(model(replaced(some, donor, mask)), temperature).softmax(1)
            for donor in donors
            for mask in soft
            for some in x.split(CHUNK)
        ]
    after = torch.cat(parts).view(len(donors), len(soft), len(x), -1).permute(2, 0, 1, 3)
    return after.clone() - before[:, None, None]


def replaced(x: Tensor, donor: Tensor, mask: Tensor) -> Tensor:
    """Faces (B, channels, H, H) with the part `mask` (H, H), in [0, 1], of the donor (channels, H, H), brought to each
    face's brightness and contrast."""
    shape = (1, 2, 3)
    centre, spread = x.mean(shape, keepdim=True), x.std(shape, keepdim=True)
    like = (donor[None] - donor.mean()) / donor.std().clamp(min=1e-6) * spread + centre
    return x + mask * (like - x)


def faded(masks: Tensor) -> Tensor:
    """Regions, bool (R, H, W) -> float32 weights in [0, 1]: 1 inside, falling towards the edge, 0 outside."""
    inside = smoothed(masks.float(), FADE)
    return (2 * inside - 1).clamp(0, 1) * masks


def swap(image: np.ndarray, donor: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """One face, uint8 (H, W[, 3]), with the part `mask`, bool (H, W), of another one of its shape."""
    x, other = pixels(image[None]), pixels(donor[None])
    new = replaced(x, other[0], faded(torch.from_numpy(mask)[None])[0])[0].clamp(0, 1)
    levels = (255 * new).round().to(torch.uint8).numpy()
    return np.asarray(levels[0] if image.ndim == 2 else levels.transpose(1, 2, 0))
