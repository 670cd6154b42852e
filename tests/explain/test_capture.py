"""A captured network is left as it was found."""

import pytest
import torch
from torch import nn

from ferkit.errors import ConfigError
from ferkit.explain.capture import capture, evaluating, layers
from ferkit.models import MODELS, build


def hooks(model: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in model.modules())


@pytest.fixture
def model() -> nn.Module:
    torch.manual_seed(0)
    return build("base-cnn", 3, 1, depth=2, filters=4)


def test_the_layer_is_seen(model: nn.Module) -> None:
    x = torch.randn(2, 1, 12, 12)
    with capture(model, "body") as seen, torch.inference_mode():
        model(x)
        expected = model.maps(x)
    assert torch.equal(seen.output, expected)


def test_nothing_is_left_behind_after_an_exception(model: nn.Module) -> None:
    model.train()
    model.head.eval()
    modes = [module.training for module in model.modules()]

    def fail() -> None:
        with capture(model, "body.0.body.0") as seen:
            assert hooks(model) == 1
            assert not any(module.training for module in model.modules())
            score = model(torch.randn(2, 1, 12, 12)).sum()
            torch.autograd.grad(score, seen.output)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert hooks(model) == 0
    assert [module.training for module in model.modules()] == modes
    assert all(p.grad is None and p.requires_grad for p in model.parameters())


def test_modes_come_back(model: nn.Module) -> None:
    model.train()
    with evaluating(model):
        assert not model.training
    assert all(module.training for module in model.modules())


def test_what_follows_cannot_change_what_was_seen() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(inplace=True)).eval()
    x = torch.randn(1, 1, 4, 4)
    for mode in (torch.inference_mode, torch.enable_grad):
        with mode(), capture(model, "0") as seen:
            model(x)
        assert (seen.output < 0).any()


@pytest.mark.parametrize("layer", ["", "body.9", "nose"])
def test_an_unknown_layer_lists_the_known_ones(model: nn.Module, layer: str) -> None:
    with pytest.raises(ConfigError, match=r"No layer .*body\.0\.body\.0"), capture(model, layer):
        pass
    assert hooks(model) == 0


def test_a_layer_that_was_not_reached_is_reported(model: nn.Module) -> None:
    with pytest.raises(ConfigError, match="not reached"), capture(model, "body") as seen:
        assert seen.output is None


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_offered_has_maps(name: str) -> None:
    model = build(name, 3, 1).eval()
    assert layers(model)
    for layer in layers(model):
        with capture(model, layer) as seen, torch.inference_mode():
            model(torch.randn(1, 1, 48, 48))
        assert min(seen.output.shape[2:]) > 1
