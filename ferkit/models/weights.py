"""Weights in and out of a run folder, and the way from stored pixels to a network's input."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

from ferkit import files
from ferkit.errors import DataError, RunError
from ferkit.models.network import Network, centre
from ferkit.models.registry import build
from ferkit.runs import InputSpec, Run

__all__ = ["Input", "inherit", "load", "save"]

GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True)
class Input:
    """What a network expects to see."""

    size: int  # pixels per side of a face
    channels: int  # 1 gray, 3 RGB
    mean: tuple[float, ...]  # per channel, of values in [0, 1]
    std: tuple[float, ...]
    crop: int = 0  # pixels per side of the centre it reads, as large as the crops it was trained on; 0: all of the face

    @property
    def side(self) -> int:
        """Pixels per side of the tensor the network gets."""
        return self.crop or self.size

    @classmethod
    def of(cls, spec: InputSpec) -> "Input":
        """The input that a run's manifest describes."""
        return cls(spec.size, spec.channels, spec.mean, spec.std, spec.crop)

    @classmethod
    def measure(cls, images: np.ndarray, crop: int = 0, size: int = 0) -> "Input":
        """Size (unless told), channels, mean and standard deviation of training images, uint8 (N, H, W[, 3])."""
        channels = 1 if images.ndim == 3 else 3
        counts = np.stack(
            [
                np.bincount(images[..., c].ravel() if channels == 3 else images.ravel(), minlength=256)
                for c in range(channels)
            ]
        )
        levels = np.arange(256) / 255
        mean = (counts * levels).sum(1) / counts.sum(1)
        std = np.sqrt((counts * (levels - mean[:, None]) ** 2).sum(1) / counts.sum(1))
        return cls(size or images.shape[1], channels, tuple(mean.tolist()), tuple(np.maximum(std, 1e-3).tolist()), crop)

    def prepare(self, images: np.ndarray) -> Tensor:
        """uint8 (N, H, W) or (N, H, W, 3) -> normalised float32 (N, channels, side, side), the centre.

        Colour is reduced to gray for a gray network; gray never silently stands in for colour (DataError).
        """
        x = torch.from_numpy(np.ascontiguousarray(images))
        x = (x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)).float() / 255  # (N, 1 or 3, H, W) in [0, 1]
        if x.shape[1] == 3 and self.channels == 1:
            x = (x * x.new_tensor(GRAY).view(1, 3, 1, 1)).sum(1, keepdim=True)
        if x.shape[1] != self.channels:
            raise DataError("This run was trained on colour faces; got gray ones. Choose a run trained on gray faces.")
        if x.shape[2:] != (self.size, self.size):
            x = F.interpolate(x, (self.size, self.size), mode="bilinear", antialias=True)
        return self.centre((x - x.new_tensor(self.mean).view(1, -1, 1, 1)) / x.new_tensor(self.std).view(1, -1, 1, 1))

    def centre(self, x: Tensor) -> Tensor:
        """(N, C, size, size) -> (N, C, side, side)."""
        return centre(x, self.side)

    def frame(self, maps: Tensor) -> Tensor:
        """Maps (N, h, w) of the centre -> (N, size, size) of the whole face, 0 around it; unchanged where all of it is
        read."""
        if self.side == self.size:
            return maps
        edge = (self.size - self.side) // 2
        grown = F.interpolate(maps[:, None], (self.side, self.side), mode="bilinear", align_corners=False)[:, 0]
        rest = self.size - self.side - edge
        return F.pad(grown, (edge, rest, edge, rest))


def save(model: Network, path: Path) -> None:
    """Write a network's weights as safetensors, whole or not at all."""
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    with files.atomic_write(path) as partial:
        save_file(state, partial)


def inherit(model: Network, run: Run, classes: tuple[str, ...]) -> None:
    """Give a fresh network the weights of a run; of the head only the rows of those of its `classes` that the run
    knows.

    Raises RunError if the run's weights are missing, or of another network or number of channels.
    """
    own, theirs = model.state_dict(), load(run).state_dict()
    if {key: value.shape for key, value in _body(own).items()} != {
        key: value.shape for key, value in _body(theirs).items()
    }:
        spec, gray = run.manifest.model, run.manifest.input.channels == 1
        raise RunError(
            f"{run.name} is another network than one that would start from it: {spec.name} "
            f"with {spec.args or 'its usual settings'} for {'gray' if gray else 'colour'} faces. "
            "Set model and model_args as it has them."
        )
    shared = [name for name in classes if name in run.classes]
    rows, wanted = ([names.index(name) for name in shared] for names in (classes, run.classes))
    for key in own.keys() - _body(own).keys():
        own[key][rows] = theirs[key][wanted]
    model.load_state_dict(own | _body(theirs))


def _body(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value for key, value in state.items() if not key.startswith("head.")}


def load(run: Run) -> Network:
    """The run's network with its weights, in eval mode on the CPU. Raises RunError if they are missing or do not
    fit."""
    if not run.weights.is_file():
        raise RunError(
            f"{run.name} has no weights here: {run.weights.name} is missing. Train it again or copy the file into its folder."
        )
    spec = run.manifest.model
    model = build(spec.name, len(run.classes), run.manifest.input.channels, **spec.args)
    try:
        model.load_state_dict(load_file(run.weights))
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(
            f"The weights of {run.name} are broken or of another network ({reason}). Copy them anew or train again."
        ) from error
    return model.eval()
