"""What the visitor's browser needs to read faces by itself: the addresses of code, runtime, network and detector."""

from collections.abc import Sequence
from pathlib import Path

from dashboard import assets, load
from dashboard.camera import corrections
from dashboard.components.webcam import CODE, Reader, Settings
from dashboard.results import unsure
from ferkit.colours import of_classes
from ferkit.deploy.current import current_onnx, exported_onnx
from ferkit.deploy.runtime import BINARY, SCRIPT
from ferkit.faces import LIVE, MARGIN
from ferkit.runs import Run

__all__ = ["settings"]

SIDES = (2, 3)  # of YuNet's input (1, 3, height, width)
MOST = 2.0  # more than any confidence


def settings(runs: Sequence[Run], package: Path, mirror: bool = False) -> Settings:
    """For a run, or two side by side, and the folder of onnxruntime-web. Raises ConfigError where the detector's file
    is broken."""
    code = _code(package)
    return Settings(
        code=code,
        wasm=f"{code}runtime/ort.wasm",
        detector=_detector(),
        readers=tuple(_reader(run) for run in runs),
        effort={"side": LIVE.side, "smallest": LIVE.smallest},
        margin=MARGIN,
        mirror=mirror,
    )


def _reader(run: Run) -> Reader:
    reads, limit, typical = run.manifest.input, unsure.threshold(run), corrections.of(run).typical
    return Reader(
        run=run.name,
        model=_model(run),
        classes=run.classes,
        colours=of_classes(run.classes),
        input={"size": reads.size, "channels": reads.channels, "crop": reads.crop},
        threshold=None if limit is None else min(limit, MOST),
        typical=None if typical is None else typical.round(5).tolist(),
    )


def _code(package: Path) -> str:
    runtime = {"runtime/ort.mjs": package / "dist" / SCRIPT, "runtime/ort.wasm": package / "dist" / BINARY}
    modules = CODE | runtime
    key = ("webcam code", *((name, load.key_of(path)) for name, path in sorted(modules.items())))
    return assets.publish_folder(key, {name: path.read_bytes for name, path in modules.items()})


def _model(run: Run) -> str:
    """A run that was not exported is, when the browser asks."""
    key = ("webcam network", run.key, load.key_of(exported_onnx(run) or run.weights), run.temperature)
    return assets.publish(key, lambda: current_onnx(run).read_bytes(), "application/octet-stream")


def _detector() -> str | None:
    """YuNet's file, where it is the detector; Haar's cascade cannot run in a browser."""
    path = load.detector().path
    if path is None:
        return None
    return assets.publish(("webcam detector", load.key_of(path)), lambda: _any_size(path), "application/octet-stream")


def _any_size(path: Path) -> bytes:
    """The network with an input of any height and width: ONNX Runtime holds a file to the size it states."""
    import onnx

    model = onnx.load(path)
    shape = model.graph.input[0].type.tensor_type.shape.dim
    for place in SIDES:
        shape[place].dim_param = f"side{place}"
    for value in model.graph.output:
        for length in value.type.tensor_type.shape.dim:
            length.Clear()
    del model.graph.value_info[:]
    content: bytes = model.SerializeToString()
    return content
