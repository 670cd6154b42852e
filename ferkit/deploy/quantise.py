"""ONNX files with smaller numbers: float16, static int8 and dynamic int8.

Static quantisation (Jacob et al. 2018, arXiv:1712.05877) measures the range of each activation on calibration faces;
the weights of a convolution have a scale per output channel. It is written as QDQ, pairs of QuantizeLinear and
DequantizeLinear that any runtime understands. In float32 stay the first convolution, which reads the pixels, what works
on one number per channel (squeeze-and-excitation), the head and the class maps: few operations, which would lose most.
"""

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ferkit.deploy.formats import INPUT
from ferkit.deploy.packages import package

__all__ = ["BATCH", "to_dynamic_int8", "to_float16", "to_static_int8"]

BATCH = 64  # calibration faces at a time
QUANTISED = ("Conv", "MatMul", "Gemm")
AVERAGES = ("ReduceMean", "GlobalAveragePool")


def to_float16(source: Path, target: Path) -> None:
    """Weights and arithmetic in float16, softmax and outputs in float32."""
    onnx = package("onnx", "An export to float16")
    float16 = package("onnxruntime.transformers.float16", "An export to float16")
    blocked = [*float16.DEFAULT_OP_BLOCK_LIST, "Softmax"]
    with _quiet():
        small = float16.convert_float_to_float16(onnx.load(source), keep_io_types=True, op_block_list=blocked)
    onnx.save(small, target)


def to_static_int8(source: Path, target: Path, faces: np.ndarray) -> None:
    """Weights and activations of the convolutions in int8, calibrated on `faces`, uint8 (N, size, size[, 3])."""
    quantization = package("onnxruntime.quantization", "An export to int8")
    prepared = source.with_suffix(".prepared.onnx")
    with _quiet():
        package("onnxruntime.quantization.shape_inference", "An export to int8").quant_pre_process(
            str(source), str(prepared), skip_symbolic_shape=True
        )
        quantization.quantize_static(
            str(prepared),
            str(target),
            _reader(quantization, faces),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=_kept(package("onnx", "An export to int8").load(prepared).graph),
            calibrate_method=quantization.CalibrationMethod.Percentile,
        )
    prepared.unlink()


def to_dynamic_int8(source: Path, target: Path) -> None:
    """Weights in int8; the range of each activation is measured at each call."""
    quantization = package("onnxruntime.quantization", "An export to int8")
    with _quiet():
        quantization.quantize_dynamic(str(source), str(target), per_channel=True)


def _reader(quantization: Any, faces: np.ndarray) -> Any:
    class Reader(quantization.CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            self.parts: Iterator[np.ndarray] = (faces[i : i + BATCH] for i in range(0, len(faces), BATCH))

        def get_next(self) -> dict[str, np.ndarray] | None:
            part = next(self.parts, None)
            return None if part is None else {INPUT: part}

    return Reader()


def _kept(graph: Any) -> list[str]:
    """Names of the nodes that stay in float32."""
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    after = {output for node in graph.node if node.op_type in AVERAGES for output in node.output}
    ends = {value.name for value in graph.output}
    kept = [convolutions[0].name] if convolutions else []
    for node in graph.node:  # in the order of computation
        pooled = after.intersection(node.input)
        if pooled and node.op_type in ("Conv", "Relu", "Sigmoid", "Gemm", "HardSigmoid"):
            after.update(node.output)
        if pooled or ends.intersection(node.output):
            kept.append(node.name)
    return kept


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that ONNX Runtime's quantiser prints."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(before)
