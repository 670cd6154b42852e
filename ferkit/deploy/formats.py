"""The formats a run can be exported to."""

from collections.abc import Sequence
from dataclasses import dataclass

from ferkit.errors import ConfigError, shown

__all__ = ["FORMATS", "INPUT", "OUTPUTS", "Format", "chosen"]

INPUT = "images"  # uint8 (N, size, size) gray or (N, size, size, 3) RGB
OUTPUTS = ("logits", "probabilities", "class_maps")  # float32 (N, C), (N, C) and (N, C, h, w); see `portable`


@dataclass(frozen=True)
class Format:
    """One of them."""

    name: str
    file: str  # in the run folder
    about: str
    exact: bool = False  # whether it must agree with PyTorch, or may lose something


FORMATS = {
    one.name: one
    for one in (
        Format("onnx", "model.onnx", "ONNX, float32", exact=True),
        Format("float16", "model-float16.onnx", "ONNX, weights and arithmetic in float16"),
        Format("int8", "model-int8.onnx", "ONNX, static int8: QDQ, a scale per channel, calibrated on faces"),
        Format("int8-dynamic", "model-int8-dynamic.onnx", "ONNX, dynamic int8: activations scaled at each call"),
        Format("exported-program", "model.pt2", "torch.export's ExportedProgram, float32", exact=True),
    )
}


def chosen(names: Sequence[str]) -> tuple[Format, ...]:
    """The formats of these names, all for none. Raises ConfigError for an unknown one."""
    if unknown := [name for name in names if name not in FORMATS]:
        raise ConfigError(f"No format {shown(unknown[0])}; there are {', '.join(FORMATS)}.")
    return tuple(one for one in FORMATS.values() if one.name in names or not names)
