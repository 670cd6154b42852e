"""Untrusted run folders: none of their code runs, no memory is taken, and each gives one message."""

import json
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from ferkit.errors import ConfigError, RunError
from ferkit.models import build, load, save
from ferkit.models.limits import MAX_PARAMETERS, check_activations, draft
from ferkit.models.registry import sketch
from ferkit.runs import open_folder


class Payload:
    """A pickle that writes a file when it is read."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.target, "executed")


def stranger(path: Path, model: dict[str, Any]) -> Path:
    """A run folder with that description, and the weights of LeNet."""
    description = {
        "model": model,
        "classes": list("abc"),
        "data": {"name": "x"},
        "parameters": 1,
        "macs": 1,
        "input": {"size": 48, "channels": 1, "mean": [0.5], "std": [0.25]},
    }
    path.mkdir(exist_ok=True)
    (path / "run.json").write_text(json.dumps(description))
    save(build("lenet", 3, 1), path / "model.safetensors")
    return path


def test_the_payload_would_write_a_file(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Payload(tmp_path / "proof")))  # noqa: S301
    assert (tmp_path / "proof").read_text() == "executed"


ATTACKS: list[tuple[str, dict[str, Any]]] = [
    ("timm:resnet10t", {"options": {"checkpoint_path": "WEIGHTS"}}),
    ("timm:resnet10t", {"options": {"pretrained_cfg": {"file": "WEIGHTS"}}}),
    ("timm:resnet10t", {"options": {"pretrained_cfg_overlay": {"file": "WEIGHTS"}, "cache_dir": "FOLDER"}}),
    ("timm:resnet10t", {"options": {"pretrained": True}}),
    ("timm:resnet10t", {"options": {"pruned": True}}),
    ("timm:resnet10t", {"checkpoint_path": "WEIGHTS"}),
    ("timm:local-dir:FOLDER", {}),
    ("timm:hf-hub:stranger/network", {}),
    ("timm:FOLDER", {}),
    ("hf:x", {"config": {"model_type": "timm_wrapper", "model_args": {"checkpoint_path": "WEIGHTS"}}}),
    ("hf:x", {"config": {"model_type": "timm_wrapper", "architecture": "resnet10t"}}),
    ("hf:x", {"config": {"model_type": "timm_backbone", "backbone": "resnet10t"}}),
    ("hf:x", {"config": {"model_type": "vit", "auto_map": {"AutoModel": "FOLDER--code.Model"}}}),
    ("hf:x", {"config": {"model_type": "vit", "name_or_path": "FOLDER"}}),
    ("hf:x", {"config": {"model_type": "vit", "hidden_act": "FOLDER"}}),
    ("hf:x", {"config": {"model_type": ["vit"]}}),
    ("hf:x", {"config": {"model_type": "dpt", "backbone": "FOLDER", "use_pretrained_backbone": True}}),
    ("hf:FOLDER", {}),
    ("hf:FOLDER", {"config": {"hidden_size": 32}}),
    ("hf:stranger/network", {"config": {}}),
    ("hf:vit", {}),
    ("ensemble", {"members": [{"name": "timm:resnet10t", "side": 48, "temperature": 1.0,
                               "args": {"options": {"checkpoint_path": "WEIGHTS"}}}], "weights": [1.0]}),
    ("ensemble", {"members": [{"name": "hf:FOLDER", "side": 48, "temperature": 1.0, "args": {}}], "weights": [1.0]}),
    ("ensemble", {"members": [{"name": "ensemble", "side": 48, "temperature": 1.0, "args": {}}], "weights": [1.0]}),
]  # fmt: skip


def _placed(value: Any, folder: Path) -> Any:
    text = json.dumps(value).replace("WEIGHTS", str(folder / "weights.pth")).replace("FOLDER", str(folder))
    return json.loads(text)


@pytest.mark.parametrize(("name", "args"), ATTACKS)
def test_no_code_of_a_run_folder_runs(name: str, args: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proof, folder = tmp_path / "proof", tmp_path / "run"
    stranger(folder, {"name": _placed(name, folder), "args": _placed(args, folder)})
    for pickled in ("weights.pth", "pytorch_model.bin", "model.pt"):
        torch.save({"state_dict": Payload(proof)}, folder / pickled)
    (folder / "code.py").write_text(f"open({str(proof)!r}, 'w').write('executed')\nclass Model: pass\n")
    (folder / "config.json").write_text(
        json.dumps({"model_type": "vit", "architecture": "resnet10t", "auto_map": {"AutoModel": "code.Model"}})
    )
    monkeypatch.chdir(folder)
    with pytest.raises(RunError) as refused:
        load(open_folder(folder))
    assert not proof.exists()
    assert str(refused.value).count("\n") == 0 and len(str(refused.value)) < 1500


LARGE: list[tuple[str, dict[str, Any]]] = [
    ("base-cnn", {"filters": 10**9}),
    ("base-cnn", {"depth": 10**6}),
    ("base-cnn", {"convs": 10**6}),
    ("base-cnn", {"kernel": 99_999}),
    ("base-cnn", {"filters": 256, "depth": 5, "kernel": 31, "convs": 8}),
    ("base-cnn", {"pooling": "flat", "places": 10**5}),
    ("base-cnn", {"filters": True}),
    ("base-cnn", {"filters": 8.0}),
    ("base-cnn", {"filters": "8"}),
    ("base-cnn", {"filters": None}),
    ("base-cnn", {"dropout": float("nan")}),
    ("base-cnn", {"dropout": 2.0}),
    ("base-cnn", {"kernel": -3}),
    ("compact-resnet", {"widths": [10**9]}),
    ("compact-resnet", {"widths": [8] * 10_000, "blocks": 1}),
    ("compact-resnet", {"widths": [4096] * 16, "blocks": 64}),
    ("compact-resnet", {"widths": []}),
    ("compact-resnet", {"widths": [[8]]}),
    ("compact-resnet", {"widths": "abc"}),
    ("compact-resnet", {"widths": {"8": 8}}),
    ("compact-resnet", {"strides": [0, 0, 0]}),
    ("compact-mobilenetv2", {"expand": 10**7}),
    ("compact-mobilenetv2", {"widths": [8], "blocks": [10**7]}),
    ("vit", {"width": 2**30, "heads": 2}),
    ("vit", {"depth": 10**7}),
    ("vit", {"width": 4096, "depth": 64, "mlp": 16}),
    ("vit", {"patch": 0}),
    ("vgg16", {"stride": 10**9}),
    ("ensemble", {"members": [{"name": "lenet", "args": {}, "side": 48, "temperature": 1.0}] * 10_000}),
    ("ensemble", {"members": [{"name": "lenet", "args": [], "side": 48, "temperature": 1.0}], "weights": [1.0]}),
    ("ensemble", {"members": [{"name": "lenet", "args": {}, "side": 48, "temperature": 0.0}], "weights": [1.0]}),
    ("timm:vit_base_patch16_224", {"options": {"embed_dim": 4096, "depth": 64, "num_heads": 64}}),
    ("timm:vit_base_patch16_224", {"options": {"depth": 10**7}}),
    ("hf:x", {"config": {"model_type": "vit", "num_hidden_layers": 10**7}}),
    ("hf:x", {"config": {"model_type": "vit", "hidden_size": 49_152, "intermediate_size": 60_000}}),
    ("hf:x", {"config": {"model_type": "efficientnet", "depth_coefficient": 1e9}}),
    ("hf:x", {"config": {"model_type": "convnext", "depths": [64] * 1000}}),
    ("base-cnn", {"classes": 10**9}),
    ("base-cnn", {"name": "lenet", "channels": 10**9}),
    ("nope", {}),
]


@pytest.mark.parametrize(("name", "args"), LARGE)
def test_arguments_out_of_range_give_one_message(name: str, args: dict, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        sketch(name, 3, 1, **args)
    assert str(refused.value).count("\n") == 0 and len(str(refused.value)) < 1500
    with pytest.raises(RunError):
        load(open_folder(stranger(tmp_path / "run", {"name": name, "args": args})))


@pytest.mark.parametrize(
    ("classes", "channels"), [(0, 1), (10**9, 1), (True, 1), (3, 0), (3, 2), (3, 10**9), (3, None), ("7", 1)]
)
def test_classes_and_channels_are_bounded(classes: Any, channels: Any) -> None:
    with pytest.raises(ConfigError, match="takes 1"):
        build("base-cnn", classes, channels)


def test_a_layer_of_one_face_is_bounded() -> None:
    wide = sketch("base-cnn", 3, 1, filters=256, depth=1)
    check_activations("base-cnn", wide, 1, 48)
    with pytest.raises(ConfigError, match=r"numbers in one layer .* Choose a smaller network or smaller faces"):
        check_activations("base-cnn", wide, 1, 512)
    with pytest.raises(ConfigError, match="cannot read faces of 4 pixels"):
        check_activations("base-cnn", sketch("base-cnn", 3, 1, depth=5), 1, 4)
    assert all(p.is_meta for p in wide.parameters()) and sum(p.numel() for p in wide.parameters()) < MAX_PARAMETERS


def test_a_draft_draws_no_random_numbers() -> None:
    torch.manual_seed(3)
    expected = torch.rand(4)
    torch.manual_seed(3)
    draft(lambda: build("compact-resnet", 3, 1))
    assert torch.equal(torch.rand(4), expected)


@pytest.mark.parametrize("broken", ["pickle", "shapes", "names", "huge", "cut", "empty"])
def test_weights_are_safetensors_of_the_networks_shapes(broken: str, tmp_path: Path) -> None:
    run = open_folder(stranger(tmp_path / "run", {"name": "lenet", "args": {}}))
    proof, state = tmp_path / "proof", build("lenet", 3, 1).state_dict()
    if broken == "pickle":
        torch.save(Payload(proof), run.weights)
    elif broken == "shapes":
        save_file(state | {"head.weight": torch.zeros(30_000, 84)}, run.weights)
    elif broken == "names":
        save_file(state | {"more": torch.zeros(3)}, run.weights)
    elif broken == "huge":  # a header that promises a terabyte
        header = json.dumps({"x": {"dtype": "F32", "shape": [2**38], "data_offsets": [0, 2**40]}}).encode()
        run.weights.write_bytes(struct.pack("<Q", len(header)) + header)
    else:
        run.weights.write_bytes(run.weights.read_bytes()[: 0 if broken == "empty" else -100])
    with pytest.raises(RunError, match="broken or of another network") as refused:
        load(run)
    assert not proof.exists() and str(refused.value).count("\n") == 0
