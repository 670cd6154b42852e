"""A run as an ONNX file."""

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

import ferkit
from ferkit.deploy.formats import INPUT
from ferkit.deploy.packages import package
from ferkit.deploy.portable import Portable
from ferkit.errors import RunError
from ferkit.runs import Run

__all__ = ["OPSET", "metadata", "traced", "write_onnx"]

OPSET = 18


def write_onnx(run: Run, portable: Portable, path: Path) -> None:
    """Write `portable` with a batch of any size, and what it is in its metadata. Raises RunError for a network that
    ONNX cannot express."""
    package("onnxscript", "An export to ONNX")
    onnx = package("onnx", "An export to ONNX")
    batch = torch.export.Dim("batch")
    with traced(run, "ONNX"), torch.inference_mode():
        program = torch.onnx.export(
            portable,
            (portable.example(),),
            dynamo=True,
            dynamic_shapes=({0: batch},),
            input_names=[INPUT],
            output_names=list(portable.outputs),
            opset_version=OPSET,
            verbose=False,
        )
        model = program.model_proto  # type: ignore[union-attr]
    _strip(model)
    onnx.helper.set_model_props(model, metadata(run, portable))
    onnx.checker.check_model(model)
    onnx.save(model, path)


def metadata(run: Run, portable: Portable) -> dict[str, str]:
    """What the file says of itself, each value a text; `classes` and `input` are JSON."""
    reads = portable.reads
    shape = {"size": reads.size, "channels": reads.channels, "crop": reads.side, "dtype": "uint8", "range": [0, 255]}
    return {
        "run": run.name,
        "classes": json.dumps(list(run.classes), ensure_ascii=False),
        "input": json.dumps(shape),
        **{name: repr(value) for name, value in run.temperature.fields.items()},
        "ferkit": ferkit.__version__,
    }


@contextlib.contextmanager
def traced(run: Run, target: str) -> Iterator[None]:
    """Silence what torch prints while it traces, and turn what it raises into a RunError."""
    try:
        with warnings.catch_warnings(), _quiet(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    except Exception as error:  # the exporter raises its own errors, and those of whatever it traces
        name, reason = run.manifest.model.name, " ".join(str(_cause(error)).split())[:200]
        raise RunError(
            f"{run.name} cannot be exported: {target} does not express an operation of {name} ({reason})."
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("torch")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _cause(error: BaseException) -> BaseException:
    return _cause(error.__cause__) if error.__cause__ else error


def _strip(model: Any) -> None:
    """Leave out where in the source each operation came from: paths of this machine, and a tenth of the file."""
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.functions[:]
