"""What each class's score loses when a part of the face is replaced by the same part of another face.

Occlusion: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, arXiv:1311.2901, with the mean
face's patch in place of a gray one, so that what is left is still a face, and for all classes in the same passes:

    E_c at the patch P = y_c(x) - y_c(x with P from r)
"""

import torch
from torch import Tensor

from ferkit.explain.method import CHUNK
from ferkit.models import Network

__all__ = ["hiding", "windows"]


def hiding(model: Network, x: Tensor, reference: Tensor, share: float = 0.27, across: int = 8) -> Tensor:
    """Losses of all classes' logits (B, C, across, across) for faces x (B, channels, H, H), by patches whose side is
    `share` of the face's, `across` of them in each direction, their middles from edge to edge."""
    side = x.shape[2]
    boxes = [(rows, columns) for rows in windows(side, share, across) for columns in windows(side, share, across)]
    with torch.inference_mode():
        whole = model(x)  # (B, C)
        losses = []
        for start in range(0, len(boxes), max(1, CHUNK // len(x))):
            some = boxes[start : start + max(1, CHUNK // len(x))]
            hidden = x.repeat(len(some), 1, 1, 1)
            for i, (rows, columns) in enumerate(some):
                hidden[i * len(x) : (i + 1) * len(x), :, rows, columns] = reference[:, :, rows, columns]
            losses.append(whole - model(hidden).view(len(some), len(x), -1))
    return torch.cat(losses).permute(1, 2, 0).unflatten(2, (across, across)).clone()


def windows(side: int, share: float, across: int) -> list[slice]:
    """`across` slices of a face's `side` pixels, each `share` of them long, cut off at the edges."""
    length = max(1.0, share * side)
    starts = [(i + 0.5) * side / across - length / 2 for i in range(across)]
    return [slice(max(0, round(start)), min(side, round(start + length))) for start in starts]
