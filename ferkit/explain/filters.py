"""A network's kernels, and the activations of a layer for a face. Imports torch only to run a network."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ferkit.errors import ConfigError, RunError
from ferkit.runs import Run

if TYPE_CHECKING:
    from torch import Tensor

    from ferkit.models import Network

__all__ = ["activations", "kernels", "stored_kernels", "tile"]

DERIVED = ("branches", "mirrored", "whiten")  # arguments of networks whose kernels are computed from what they learned


def kernels(model: "Network", layer: str) -> np.ndarray:
    """The weights of one convolution, float32 (n_out, n_in / groups, kh, kw). Raises ConfigError for any other
    layer."""
    from ferkit.explain.capture import layers

    if layer not in layers(model):
        raise ConfigError(f"No convolution {layer!r} in {type(model).__name__}; there are {', '.join(layers(model))}.")
    return model.get_submodule(layer).weight.detach().cpu().numpy().copy()  # type: ignore[union-attr, operator]


def stored_kernels(run: Run) -> dict[str, np.ndarray]:
    """As `kernels`, for every convolution larger than one pixel, by layer in the network's order: as deployed.

    They are read from the file, without torch, unless parts of the network are merged for that. Raises RunError when
    the file is missing or broken.
    """
    if _derived(run.manifest.model.args):
        from ferkit.explain.capture import layers
        from ferkit.models import load
        from ferkit.models.reparameterized import deployed

        model = deployed(load(run))
        return _large({layer: kernels(model, layer) for layer in layers(model)})
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(run.weights)
    except (SafetensorError, OSError) as error:
        what = "broken" if run.weights.is_file() else "missing"
        raise RunError(
            f"{run.name} shows no kernels: its {run.weights.name} is {what}. Copy it again or retrain the run."
        ) from error
    return _large({key.removesuffix(".weight"): values for key, values in stored.items() if key.endswith(".weight")})


def _derived(args: Any) -> bool:
    """Whether a network of these arguments, or a member of an ensemble, has such kernels."""
    if not isinstance(args, Mapping):
        return False
    members = args.get("members")
    return any(args.get(name) for name in DERIVED) or (
        isinstance(members, list) and any(_derived(one.get("args")) for one in members if isinstance(one, Mapping))
    )


def _large(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The kernels larger than one pixel, in the network's order."""
    chosen = [layer for layer, values in weights.items() if values.ndim == 4 and max(values.shape[2:]) > 1]
    chosen.sort(key=lambda key: [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in key.split(".")])
    return {layer: weights[layer] for layer in chosen}


def activations(model: "Network", x: "Tensor", layer: str) -> np.ndarray:
    """The feature maps of `layer` for one normalised image (1, C, H, W): float32 (K, h, w).

    Raises ConfigError for an unknown layer.
    """
    import torch

    from ferkit.explain.capture import capture

    with torch.inference_mode(), capture(model, layer) as captured:
        model(x)
    return captured.output[0].cpu().numpy()


def tile(
    arrays: np.ndarray,
    *,
    columns: int | None = None,
    zoom: int = 1,
    gap: int = 1,
    paper: int = 255,
    signed: bool = False,
) -> np.ndarray:
    """Many small arrays (n, h, w) or (n, h, w, 3) as one uint8 image, row by row; about square unless `columns` is
    given.

    Each array uses the whole range from black to white; `signed` keeps its zero at middle gray. `zoom` repeats pixels,
    `gap` pixels of gray level `paper` part the arrays.
    """
    shades = _shades(np.asarray(arrays, np.float32), signed).repeat(zoom, 1).repeat(zoom, 2)
    n, h, w = shades.shape[:3]
    columns = min(n, columns or math.ceil(math.sqrt(n)))
    rows = math.ceil(n / columns)
    image = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, *shades.shape[3:]), paper, np.uint8)
    for i, shade in enumerate(shades):
        top, left = i // columns * (h + gap), i % columns * (w + gap)
        image[top : top + h, left : left + w] = shade
    return image


def _shades(arrays: np.ndarray, signed: bool) -> np.ndarray:
    """(n, h, w, ...) -> uint8; an array of one value is black, or gray when signed."""
    axes = tuple(range(1, arrays.ndim))
    if signed:
        reach = np.abs(arrays).max(axes, keepdims=True)
        low, span = -reach, 2 * reach
    else:
        low = arrays.min(axes, keepdims=True)
        span = arrays.max(axes, keepdims=True) - low
    part = np.divide(arrays - low, span, out=np.full_like(arrays, 0.5 if signed else 0.0), where=span > 0)
    return np.rint(part * 255).astype(np.uint8)
