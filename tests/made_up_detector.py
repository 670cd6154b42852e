"""A stand-in for YuNet's file: the same inputs and outputs, weights by chance, so that what reads its outputs can be
tested without a download. It sees "faces" in bright places."""

from pathlib import Path

import numpy as np

__all__ = ["write_detector"]

OUTPUTS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
SIDE = 64  # pixels that the file states, as OpenCV's own has a fixed size


def write_detector(path: Path) -> Path:
    """An ONNX file of a convolution for each stride and output."""
    from onnx import TensorProto, helper, numpy_helper, save

    rng = np.random.default_rng(4)
    nodes, weights, outputs = [], [], []
    for name, channels in OUTPUTS.items():
        for stride in (8, 16, 32):
            end = f"{name}_{stride}"
            kernel = rng.normal(0, 0.6 / stride**2 / 255, (channels, 3, stride, stride)).astype(np.float32)
            bias = rng.normal(0.6 if name == "bbox" else 0, 0.2, channels).astype(np.float32)
            if name in ("cls", "obj"):
                kernel, bias = np.abs(kernel) * 0.72, np.full_like(bias, 0.08)
            weights += [numpy_helper.from_array(kernel, f"{end}_w"), numpy_helper.from_array(bias, f"{end}_b")]
            nodes += [
                helper.make_node(
                    "Conv",
                    ["input", f"{end}_w", f"{end}_b"],
                    [f"{end}_c"],
                    kernel_shape=[stride] * 2,
                    strides=[stride] * 2,
                ),
                helper.make_node("Transpose", [f"{end}_c"], [f"{end}_t"], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [f"{end}_t", f"shape_{channels}"], [end]),
            ]
            outputs.append(helper.make_tensor_value_info(end, TensorProto.FLOAT, [1, (SIDE // stride) ** 2, channels]))
    shapes = [numpy_helper.from_array(np.array([1, -1, n], np.int64), f"shape_{n}") for n in (1, 4, 10)]
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    graph = helper.make_graph(nodes, "made up", [given], outputs, [*weights, *shapes])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path
