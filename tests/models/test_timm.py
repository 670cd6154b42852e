"""timm's networks: maps in their places, one epoch of training, and one message for what cannot be built."""

import sys
from pathlib import Path

import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.models import build, load
from ferkit.predict.classifier import Classifier
from ferkit.train.config import parse
from ferkit.train.fit import fit
from tests.worlds import tiny_faces

pytest.importorskip("timm")
ANY = {"options": {"dynamic_img_size": True}}


@pytest.mark.parametrize(
    ("name", "args"), [("test_resnet", {}), ("test_efficientnet", {}), ("test_convnext", {}), ("test_vit", ANY)]
)
def test_maps_are_pooled_to_features(name: str, args: dict) -> None:
    model = build(f"timm:{name}", 7, 1, **args).eval()
    x = torch.randn(2, 1, 64, 64)
    maps = model.maps(x)
    assert maps.ndim == 4 and maps.shape[2] == maps.shape[3] > 1
    torch.testing.assert_close(model(x), model.classify(model.pool(maps)))
    assert model(x).shape == (2, 7) and model.head.in_features == maps.shape[1]


def test_a_network_of_timm_trains_and_comes_back(tmp_path: Path) -> None:
    faces = tiny_faces()
    run = fit(parse({"model": "timm:test_resnet", "epochs": 1, "batch": 32, "warmup": 0}), faces, tmp_path / "run")
    assert run.manifest.model.name == "timm:test_resnet" and run.manifest.parameters > 1000
    analysis = Classifier.open(run).analyse(faces.images[:4], faces.labels[:4])
    assert analysis.logits.shape == (4, 7) and analysis.maps.max() <= 1
    assert type(load(run)).__name__ == "TimmNetwork"


def test_what_timm_cannot_build_gives_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="timm cannot build 'nosuchnet'"):
        build("timm:nosuchnet", 7, 1)
    with pytest.raises(ConfigError, match="no argument wings"):
        build("timm:test_resnet", 7, 1, wings=2)
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ConfigError, match="pip install timm"):
        build("timm:test_resnet", 7, 1)
