"""Sharpness-aware minimisation: the perturbation and the way back."""

import torch
from torch import nn

from ferkit.train.sam import sam_perturbation


def test_sam_moves_one_radius_along_the_gradient_and_back() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    x = torch.randn(6, 1, 2, 2)
    model(x).square().sum().backward()
    before = [p.detach().clone() for p in model.parameters()]
    gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
    seen = model[1].running_mean.clone()
    with sam_perturbation(model, 0.5):
        moved = torch.cat([(p - b).flatten() for p, b in zip(model.parameters(), before, strict=True)])
        torch.testing.assert_close(moved, 0.5 * gradient / gradient.norm())
        model(x)
    assert all(torch.equal(p, b) for p, b in zip(model.parameters(), before, strict=True))
    assert torch.equal(model[1].running_mean, seen) and model[1].momentum == 0.1
