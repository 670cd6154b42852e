"""Every network of the zoo as ONNX and as an ExportedProgram: the same answers for batches of any size."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ferkit.deploy.check import OF_LARGEST, TOLERANCE
from ferkit.deploy.formats import OUTPUTS
from ferkit.deploy.portable import Portable
from ferkit.deploy.session import Session
from ferkit.deploy.to_onnx import write_onnx
from ferkit.deploy.to_torch import write_program
from ferkit.errors import RunError
from ferkit.explain.class_maps import class_maps
from ferkit.models import Input, build
from ferkit.models.network import Network
from ferkit.models.registry import MODELS
from ferkit.predict.classifier import Classifier
from ferkit.runs import ModelSpec, Run
from tests.manifests import manifest

pytest.importorskip("onnxscript")
runtime = pytest.importorskip("onnxruntime")
CLASSES = ("angry", "happy", "sad")
FEW: dict = {"stem": 8, "widths": [12, 16], "blocks": [2, 1]}  # layers
SMALL = [
    ("base-cnn", {"filters": 4, "norm": "group"}),
    ("base-cnn", {"filters": 4, "separable": True, "residual": True, "activation": "gelu"}),
    ("base-cnn", {"filters": 4, "pooling": "flat"}),
    ("compact-resnet", {}),
    ("compact-resnet", FEW | {"pooling": "gem", "blur": True}),
    ("compact-resnet", FEW | {"pooling": "placed"}),
    ("compact-resnet", FEW | {"blocks": [3, 2], "shared": True, "whiten": True, "groups": 2}),
    ("compact-resnet", FEW | {"branches": True}),
    ("compact-resnet", FEW | {"mirrored": True, "whiten": True}),
    ("compact-mobilenetv2", {}),
    ("lenet", {}),
    ("vit", {"width": 32, "depth": 1, "heads": 2}),
]
LARGE = [(name, {}) for name in MODELS if name not in {name for name, _ in SMALL}]


def portable(name: str, args: dict, *, channels: int = 1, size: int = 32, crop: int = 28) -> tuple[Run, Portable]:
    torch.manual_seed(0)
    model = build(name, len(CLASSES), channels, **args).eval().requires_grad_(False)
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # as after a training
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    reads = Input(size, channels, (0.4,) * channels, (0.2,) * channels, crop)
    run = Run(
        Path("some-run"),
        manifest(CLASSES, model=ModelSpec(name=name, args=args), temperature=1.7, temperature_slope=0.4),
    )
    return run, Portable(Classifier(model, reads, CLASSES, run.temperature))


def noise(n: int, size: int = 32, channels: int = 1) -> np.ndarray:
    shape = (n, size, size) if channels == 1 else (n, size, size, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize(("name", "args"), SMALL + LARGE)
def test_an_onnx_file_answers_as_pytorch_for_any_batch(name: str, args: dict, tmp_path: Path) -> None:
    run, module = portable(name, args)
    write_onnx(run, module, tmp_path / "model.onnx")
    session = Session.open(tmp_path / "model.onnx")
    assert session.outputs == module.outputs
    for n in (1, 5):
        got, expected = session(noise(n)), module(torch.from_numpy(noise(n)))
        for output, wanted in zip(module.outputs, expected, strict=True):
            largest = float(wanted.abs().max())
            np.testing.assert_allclose(got[output], wanted.numpy(), atol=max(TOLERANCE, OF_LARGEST * largest))


@pytest.mark.parametrize(
    ("package", "name", "args"),
    [
        ("timm", "timm:test_efficientnet", {}),
        ("timm", "timm:test_convnext", {}),
        ("transformers", "hf:resnet", {"config": {"depths": [1, 1], "hidden_sizes": [8, 16], "embedding_size": 8}}),
    ],
)
def test_networks_of_other_libraries_answer_as_pytorch(package: str, name: str, args: dict, tmp_path: Path) -> None:
    pytest.importorskip(package)
    run, module = portable(name, args, size=64, crop=64)
    write_onnx(run, module, tmp_path / "model.onnx")
    got, expected = Session.open(tmp_path / "model.onnx")(noise(3, 64)), module(torch.from_numpy(noise(3, 64)))
    for output, wanted in zip(module.outputs, expected, strict=True):
        np.testing.assert_allclose(got[output], wanted.numpy(), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize(("name", "args"), [SMALL[0], SMALL[3], SMALL[7], SMALL[8]])
def test_an_exported_program_answers_as_pytorch(name: str, args: dict, tmp_path: Path) -> None:
    run, module = portable(name, args)
    write_program(run, module, tmp_path / "model.pt2")
    got, expected = Session.open(tmp_path / "model.pt2")(noise(5)), module(torch.from_numpy(noise(5)))
    for output, wanted in zip(module.outputs, expected, strict=True):
        np.testing.assert_allclose(got[output], wanted.numpy(), rtol=1e-5, atol=1e-5)


def test_a_colour_file_takes_colour_and_says_what_it_is(tmp_path: Path) -> None:
    run, module = portable("base-cnn", {"filters": 4}, channels=3)
    write_onnx(run, module, tmp_path / "model.onnx")
    content = runtime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    assert content.get_inputs()[0].type == "tensor(uint8)" and content.get_inputs()[0].shape == ["batch", 32, 32, 3]
    said = content.get_modelmeta().custom_metadata_map
    assert json.loads(said["classes"]) == list(CLASSES)
    assert json.loads(said["input"]) == {
        "size": 32, "channels": 3, "crop": 28, "dtype": "uint8", "range": [0, 255],
    }  # fmt: skip
    assert said["run"] == "some-run" and (said["temperature"], said["temperature_slope"]) == ("1.7", "0.4")


def test_no_path_of_this_machine_is_in_the_file(tmp_path: Path) -> None:
    run, module = portable("lenet", {})
    write_onnx(run, module, tmp_path / "model.onnx")
    assert b".py" not in (tmp_path / "model.onnx").read_bytes()


def test_what_is_inside_is_what_the_classifier_computes() -> None:
    run, module = portable("compact-resnet", {})
    classifier = Classifier(module.network, module.reads, CLASSES, run.temperature)
    logits, probabilities, maps = (part.numpy() for part in module(torch.from_numpy(noise(3))))
    np.testing.assert_allclose(logits, classifier.logits(noise(3)), atol=1e-5)
    np.testing.assert_allclose(probabilities, classifier.probabilities(noise(3)), atol=1e-5)
    evidence = class_maps(module.network, classifier.prepare(noise(3))).evidence
    np.testing.assert_allclose(maps, evidence.numpy(), atol=1e-5)
    bias = module.network.head.bias.numpy()
    np.testing.assert_allclose(maps.mean((2, 3)) + bias, logits, atol=1e-5)


def test_a_dense_head_leaves_the_maps_out() -> None:
    assert portable("lenet", {})[1].outputs == OUTPUTS[:2]
    assert portable("base-cnn", {"filters": 4})[1].outputs == OUTPUTS


class Forking(Network):
    """Takes another way for every batch: no graph can say so."""

    def __init__(self) -> None:
        super().__init__(4, len(CLASSES))
        self.body = torch.nn.Conv2d(1, 4, 3)

    def maps(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x) if float(x.sum()) > 0 else self.body(-x)


@pytest.mark.parametrize(("write", "target"), [(write_onnx, "ONNX"), (write_program, "torch.export")])
def test_what_cannot_be_expressed_is_one_sentence(write, target: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run, module = portable("lenet", {})
    module.network = Forking().eval()
    with pytest.raises(RunError, match=f"some-run cannot be exported: {target} does not express an operation of lenet"):
        write(run, module, tmp_path / "model")
    assert not (tmp_path / "model").exists()
