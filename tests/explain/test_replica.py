"""A private copy on the same weights."""

import torch
from torch import nn

from ferkit.explain.replica import replica
from ferkit.models import MODELS, build


def test_the_same_weights_and_the_same_logits() -> None:
    x = torch.randn(2, 1, 20, 20, generator=torch.Generator().manual_seed(0))
    for name in MODELS:
        model = build(name, 3, 1).eval()
        own = replica(model)
        torch.testing.assert_close(own(x), model(x))  # without gradients PyTorch takes another way through attention
        pairs = list(zip(own.parameters(), model.parameters(), strict=True))
        assert all(a.data_ptr() == b.data_ptr() and a is not b and not a.requires_grad for a, b in pairs)
        assert all(a is not b for a, b in zip(own.modules(), model.modules(), strict=True))


def test_the_original_is_untouched() -> None:
    model = build("base-cnn", 3, 1, depth=2, filters=4).train()
    handle = model.body.register_forward_hook(lambda *parts: None)
    own = replica(model)
    own.body.register_forward_hook(lambda *parts: None)
    own.head = nn.Identity().eval()
    assert not any(m.training for m in own.modules())
    assert all(m.training for m in model.modules())
    assert all(p.requires_grad for p in model.parameters())
    assert len(model.body._forward_hooks) == 1
    assert isinstance(model.head, nn.Linear)
    handle.remove()


def test_hooks_of_the_original_do_not_come_along() -> None:
    model, seen = build("base-cnn", 3, 1, depth=2, filters=4), []
    model.body.register_forward_hook(lambda *parts: seen.append(1))
    replica(model)(torch.randn(1, 1, 12, 12))
    assert seen == []
