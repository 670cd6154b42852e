"""ONNX files of mirrored networks: stored is what was learned, and the runtime makes the mirror images on loading."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from ferkit.deploy.packages import package
from ferkit.models.mirrored import all_kernels

__all__ = ["store_halves"]


def store_halves(path: Path) -> int:
    """Rewrite the ONNX file at `path` so that kernels whose second half is the mirror image of the first
    (`ferkit.models.mirrored.all_kernels`) are stored as that first half. Returns the number of these initializers.

    Two Gathers and a Concat make the rest. Their inputs are constants, so a runtime computes them once, when it loads
    the file, and reads the same numbers as before.
    """
    onnx = package("onnx", "An export to ONNX")
    model = onnx.load(path)
    halved = [kernel.name for kernel in model.graph.initializer if _halve(onnx, model.graph, kernel)]
    if halved:
        onnx.save(model, path)
    return len(halved)


def _halve(onnx: Any, graph: Any, kernel: Any) -> bool:
    """Replace the initializer by its first half and the nodes that make the other, where it is mirrored."""
    kernels = onnx.numpy_helper.to_array(kernel)
    if kernels.ndim != 4 or _is_blur(kernels):
        return False
    half = kernels[: len(kernels) // 2].copy()
    lifting = next((one for one in (True, False) if _is_mirrored(kernels, half, one)), None)
    if lifting is None:
        return False
    name, (_, channels, _, width) = kernel.name, half.shape
    order = np.arange(channels) if lifting else np.roll(np.arange(channels), channels // 2)
    nodes = [
        _gather(onnx, graph, f"{name}.half", order, 1, f"{name}.swapped"),
        _gather(onnx, graph, f"{name}.swapped", np.arange(width)[::-1], 3, f"{name}.mirrored"),
        onnx.helper.make_node("Concat", [f"{name}.half", f"{name}.mirrored"], [name], f"{name}.concat", axis=0),
    ]
    for place, node in enumerate(nodes):
        graph.node.insert(place, node)
    kernel.CopyFrom(onnx.numpy_helper.from_array(half, f"{name}.half"))
    return True


def _is_blur(kernels: np.ndarray) -> bool:
    """Depthwise and the same for every channel: nothing that was learned."""
    return kernels.shape[1] == 1 and bool((kernels == kernels[0]).all())


def _is_mirrored(kernels: np.ndarray, half: np.ndarray, lifting: bool) -> bool:
    return np.array_equal(kernels, all_kernels(torch.from_numpy(half), lifting).numpy())


def _gather(onnx: Any, graph: Any, source: str, order: np.ndarray, axis: int, target: str) -> Any:
    graph.initializer.append(onnx.numpy_helper.from_array(order.astype(np.int64), f"{target}.order"))
    return onnx.helper.make_node("Gather", [source, f"{target}.order"], [target], target, axis=axis)
