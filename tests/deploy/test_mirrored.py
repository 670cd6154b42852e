"""Files of mirrored networks store what was learned and answer as with every kernel written out."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ferkit.data.faces import Faces
from ferkit.deploy.export import export
from ferkit.deploy.formats import FORMATS
from ferkit.deploy.mirrored import store_halves
from ferkit.deploy.quantise import to_dynamic_int8, to_float16, to_static_int8
from ferkit.deploy.session import Session
from ferkit.deploy.to_onnx import write_onnx
from ferkit.models import build, count_parameters, save
from ferkit.runs import Run, create
from tests.deploy.test_to_onnx import noise, portable

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
MIRRORED = {"stem": 8, "widths": [12, 16], "blocks": [2, 1], "whiten": True, "mirrored": True}


def kernels(path: Path) -> int:
    """Numbers in the stored kernels."""
    stored = (onnx.numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer)
    return sum(values.size for values in stored if values.ndim == 4)


@pytest.mark.parametrize("file", [one.file for one in FORMATS.values() if one.file.endswith(".onnx")])
def test_half_of_the_kernels_are_stored_and_every_answer_stays(file: str, tmp_path: Path) -> None:
    run, module = portable("compact-resnet", MIRRORED)
    source = tmp_path / "model.onnx"
    path = tmp_path / file
    write_onnx(run, module, source)
    if file == "model-float16.onnx":
        to_float16(source, path)
    elif file == "model-int8.onnx":
        to_static_int8(source, path, noise(64))
    elif file == "model-int8-dynamic.onnx":
        to_dynamic_int8(source, path)
    whole, before = kernels(path), Session.open(path)(noise(5))
    assert store_halves(path) == 15  # every convolution but the head and the blurs
    after = Session.open(path)(noise(5))
    for output, values in before.items():
        np.testing.assert_array_equal(after[output], values)
    assert 0.5 * whole < kernels(path) < 0.54 * whole
    assert store_halves(path) == 0


def test_an_export_stores_halves_and_class_maps(tmp_path: Path) -> None:
    described, module = portable("compact-resnet", MIRRORED)
    torch.manual_seed(0)
    network = build("compact-resnet", len(described.classes), 1, **MIRRORED)
    run = create(tmp_path / "run", described.manifest.replace(parameters=count_parameters(network)))
    save(network, run.weights)
    exported = export(run, None, ["onnx"], tmp_path)
    whole = sum(one.weight.numel() for one in module.network.modules() if isinstance(one, torch.nn.Conv2d))
    assert exported.explains and kernels(tmp_path / "model.onnx") < 0.54 * whole


def test_an_export_of_a_plain_network_has_nothing_to_halve(run: Run, faces: Faces, tmp_path: Path) -> None:
    export(run, faces, ["onnx"], tmp_path)
    before = (tmp_path / "model.onnx").read_bytes()
    assert store_halves(tmp_path / "model.onnx") == 0 and (tmp_path / "model.onnx").read_bytes() == before
