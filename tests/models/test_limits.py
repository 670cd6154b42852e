"""The check of activations: as strict as a face on the meta device, and without torch's compiler."""

import resource
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ferkit.errors import ConfigError
from ferkit.models import limits
from ferkit.models.limits import check_activations
from ferkit.models.registry import sketch
from tests.worlds import ROOT

INPUT = {"size": 64, "channels": 1, "mean": [0.5], "std": [0.25]}
MEMBERS: list[dict[str, Any]] = [
    {"name": "lenet", "args": {}, "temperature": 1.0, "input": INPUT},
    {"name": "compact-resnet", "args": {"blur": True}, "temperature": 1.0, "input": INPUT | {"size": 72, "crop": 66}},
]
PLAIN: list[tuple[str, dict[str, Any]]] = [
    ("lenet", {}),
    ("base-cnn", {}),
    ("base-cnn", {"norm": "group", "activation": "gelu", "pool": "average"}),
    ("base-cnn", {"norm": "none", "separable": True, "residual": True, "pooling": "flat", "kernel": 7}),
    ("compact-resnet", {}),
    ("compact-resnet", {"blur": True, "branches": True, "whiten": True, "pooling": "gem", "stem_stride": 2}),
    ("compact-resnet", {"mirrored": True, "whiten": True}),
    ("compact-resnet", {"pooling": "placed", "groups": 4, "reduction": 0}),
    ("compact-resnet", {"pooling": "flat", "places": 12, "hidden": 64, "shared": True, "blocks": 3}),
    ("compact-mobilenetv2", {"expand": 16}),
    ("ensemble", {"members": MEMBERS, "weights": [0.5, 0.5]}),
    ("ensemble", {"members": MEMBERS, "weights": [0.5, 0.5], "mode": "logits"}),
]


class Largest(TorchDispatchMode):
    """The most numbers that any operation returned."""

    numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        self.numbers = max(self.numbers, *sizes)
        return result


@pytest.mark.parametrize("side", [48, 131])
@pytest.mark.parametrize(("name", "args"), PLAIN)
def test_no_face_shows_as_many_numbers_as_one_on_the_meta_device(
    name: str, args: dict[str, Any], side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = sketch(name, 7, 1, **args).eval()
    with torch.inference_mode(), Largest() as largest:
        drafted(torch.empty(1, 1, side, side, device="meta"))
    assert limits._is_plain(drafted)
    for limit, fits in ((largest.numbers, True), (largest.numbers - 1, False)):
        monkeypatch.setattr(limits, "MAX_ACTIVATION", limit)
        assert limits._reads_none(drafted, 1, side) is fits
    with pytest.raises(ConfigError, match=f"{largest.numbers:,} numbers in one layer"):
        check_activations(name, drafted, 1, side)


@pytest.mark.parametrize("name", ["vit", "resnet34"])
def test_networks_that_hide_operations_are_tried_on_the_meta_device(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = sketch(name, 7, 1)
    monkeypatch.setattr(limits, "_reads_none", lambda *_: pytest.fail("a batch of no faces would not show all"))
    check_activations(name, drafted, 1, 48)


def test_a_network_too_large_is_refused_at_its_first_such_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = sketch("vit", 3, 1, patch=1, width=4096, depth=1)  # its positions would fill 16 GB of real memory
    monkeypatch.setattr("ferkit.models.vit.positions", lambda *_: pytest.fail("made before the check"))
    with pytest.raises(ConfigError, match=r"vit makes 4,294,967,296 numbers in one layer of a single face"):
        check_activations("vit", drafted, 1, 1024)


def test_large_weights_take_no_memory_for_a_batch_of_no_faces() -> None:
    drafted = sketch("compact-resnet", 3, 1, pooling="flat", places=32, hidden=3600)  # 1.9 GB in float32
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert limits._reads_none(drafted, 1, 48)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000 * (
        1024 if sys.platform == "darwin" else 1
    )
    assert all(values.is_meta for values in drafted.state_dict().values())


def test_a_shipped_run_reads_a_face_without_torchs_compiler() -> None:
    script = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from ferkit.runs import open_folder\n"
        "from ferkit.predict.classifier import Classifier\n"
        "faces = np.random.default_rng(0).integers(0, 256, (2, 48, 48), np.uint8)\n"
        "for name in ('compact', 'compact-wild', 'compact-mobilenetv2', 'lenet', 'demo'):\n"
        "    assert Classifier.open(open_folder(Path('checkpoints', name))).probabilities(faces).shape[0] == 2\n"
        "print([name for name in ('torch._dynamo', 'torch._inductor', 'sympy') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
