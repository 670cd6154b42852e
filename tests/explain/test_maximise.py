"""Images by gradient ascent: they excite what they were made for, the same seed gives the same."""

import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.explain.excitation import excitation
from ferkit.explain.maximise import for_channel, for_classes
from ferkit.models import build

LAYER = "body.1.body.0"


def prepare(x: torch.Tensor) -> torch.Tensor:
    return (x - 0.5) / 0.25


def made() -> torch.nn.Module:
    torch.manual_seed(0)
    return build("base-cnn", 3, 1, depth=2, filters=4).eval()


def test_every_class_is_raised_above_noise_and_above_the_other_images() -> None:
    model = made()
    images = for_classes(model, prepare, [0, 1, 2], 1, 16)
    assert images.shape == (3, 1, 16, 16) and images.min() >= 0 and images.max() <= 1
    with torch.no_grad():
        noise = torch.rand(16, 1, 16, 16, generator=torch.Generator().manual_seed(0))
        logits, before = (
            values - values.mean(1, keepdim=True) for values in (model(prepare(images)), model(prepare(noise)))
        )
    margins = logits
    assert (margins.diagonal() > before.mean(0)).all()
    assert margins.argmax(0).tolist() == [0, 1, 2]


def test_a_channel_is_raised() -> None:
    model = made()
    for channel in (0, 3):
        image = for_channel(model, prepare, LAYER, channel, 1, 16)
        noise = torch.rand(8, 1, 16, 16, generator=torch.Generator().manual_seed(0))
        best = excitation(model, [prepare(noise)], LAYER).peak[:, channel].mean()
        assert excitation(model, [prepare(image[None])], LAYER).peak[0, channel] > best


def test_the_same_seed_gives_the_same_image_and_another_another() -> None:
    model = made()
    one, again, other = (for_classes(model, prepare, [1], 1, 16, seed=seed, steps=5) for seed in (0, 0, 1))
    assert torch.equal(one, again) and not torch.equal(one, other)


def test_the_network_is_left_alone_and_an_unknown_layer_refused() -> None:
    model = made().train()
    with torch.inference_mode():
        for_channel(model, prepare, LAYER, 0, 1, 16, steps=2)
    with pytest.raises(ConfigError):
        for_channel(model, prepare, "nowhere", 0, 1, 16)
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
