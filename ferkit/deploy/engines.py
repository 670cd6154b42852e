"""What can run an exported network, by the names that deploy.json uses."""

from collections.abc import Sequence
from dataclasses import dataclass

from ferkit.errors import ConfigError, shown

__all__ = ["BATCHES", "ENGINES", "THREADS", "Engine", "engines"]

BATCHES = (1, 32, 256)  # faces at once
THREADS = (1, 2)


@dataclass(frozen=True)
class Engine:
    """One of them."""

    name: str
    title: str
    format: str = ""  # of the file it runs, see `formats`; "" for the run's own weights
    package: str = "torch"


ENGINES = {
    one.name: one
    for one in (
        Engine("pytorch", "PyTorch"),
        Engine("compile", "torch.compile"),
        Engine("onnx", "ONNX Runtime, float32", "onnx", "onnxruntime"),
        Engine("float16", "ONNX Runtime, float16", "float16", "onnxruntime"),
        Engine("int8", "ONNX Runtime, int8", "int8", "onnxruntime"),
        Engine("int8-dynamic", "ONNX Runtime, dynamic int8", "int8-dynamic", "onnxruntime"),
        Engine("openvino", "OpenVINO, float32", "onnx", "openvino"),
        Engine("exported-program", "torch.export", "exported-program"),
    )
}


def engines(names: Sequence[str]) -> tuple[Engine, ...]:
    """The engines of these names, all for none. Raises ConfigError for an unknown one."""
    if unknown := [name for name in names if name not in ENGINES]:
        raise ConfigError(f"No engine {shown(unknown[0])}; there are {', '.join(ENGINES)}.")
    return tuple(one for one in ENGINES.values() if one.name in names or not names)
