"""Augmentation by corruption: nothing unless asked, each kind as its name says, the generator deciding everything."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from ferkit.models import Input
from ferkit.train import degrade as module
from ferkit.train.config import Augment
from ferkit.train.degrade import degrade

SHAPE = Input(48, 1, (0.5,), (0.25,), 44)
KINDS: dict[str, Any] = {
    "exposure": 0.8, "gamma": 0.8, "shade": 0.7, "occlude": 0.6, "low_resolution": 2.5, "blur": 1.5, "noise": 0.1,
    "jpeg": 10,
}  # fmt: skip
ALL = Augment(crop=44, corrupt=0.7, **KINDS)


def faces(n: int = 32, side: int = 44, channels: int = 1) -> torch.Tensor:
    """(n, channels, side, side) in [0, 1], smooth."""
    coarse = torch.rand(n, channels, 8, 8, generator=torch.Generator().manual_seed(5))
    return torch.nn.functional.interpolate(coarse, (side, side), mode="bicubic").clamp(0.1, 0.9)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def amounts(n: int, value: float) -> torch.Tensor:
    return torch.full((n, 1, 1, 1), value)


def test_nothing_is_drawn_or_changed_unless_asked() -> None:
    x, generator = faces(), seeded()
    assert degrade(x, Augment(crop=44), generator, SHAPE) is x
    assert torch.equal(torch.rand(3, generator=generator), torch.rand(3, generator=seeded()))
    still = degrade(x, Augment(crop=44, corrupt=1.0), generator, SHAPE)
    torch.testing.assert_close(still, x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_strikes_a_third_of_the_chosen_faces(kind: str) -> None:
    x = (faces(400) - 0.5) / 0.25
    settings = replace(Augment(crop=44, corrupt=0.5), **{kind: KINDS[kind]})
    struck = ((degrade(x, settings, seeded(), SHAPE) - x).abs() > 1e-3).any(3).any(2)[:, 0].float().mean()
    assert 0.08 < struck < 0.25
    assert torch.equal(degrade(x, settings, seeded(3), SHAPE), degrade(x, settings, seeded(3), SHAPE))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [32, 44])
def test_all_at_once_keep_shape_and_range(side: int, channels: int) -> None:
    shape = Input(48, channels, (0.5,) * channels, (0.25,) * channels, 44)
    y = degrade((faces(64, side, channels) - 0.5) / 0.25, ALL, seeded(), shape)
    assert y.shape == (64, channels, side, side)
    assert torch.isfinite(y).all()
    assert y.min() >= -2 - 1e-5
    assert y.max() <= 2 + 1e-5


def test_light_does_what_it_says() -> None:
    x = faces(64)
    stops = module.exposure(x, amounts(64, 1.0), seeded()) / x
    assert sorted({round(float(s), 3) for s in stops.mean((1, 2, 3))}) == [0.5, 2.0]
    curved = module.gamma(x, amounts(64, 1.0), seeded())
    for before, after in zip(x, curved, strict=True):
        assert torch.allclose(after, before**2, atol=1e-5) or torch.allclose(after, before**0.5, atol=1e-5)
    lit = module.shade(torch.ones(64, 1, 44, 44), amounts(64, 0.6), seeded())
    assert lit.mean().item() == pytest.approx(1, abs=0.03)
    assert (lit.amin((1, 2, 3)) / lit.amax((1, 2, 3))).min() == pytest.approx(0.4, abs=0.02)


def test_a_box_of_one_gray_hides_a_part() -> None:
    x = 2 + torch.rand(64, 1, 44, 44, generator=seeded(1))  # no pixel is a gray
    for before, after in zip(x, module.occlude(x, amounts(64, 0.5), seeded()), strict=True):
        hidden = (after != before)[0]
        rows, columns = hidden.any(1).sum(), hidden.any(0).sum()
        assert hidden.sum() == rows * columns > 0
        assert len(after[0][hidden].unique()) == 1


def test_the_blur_is_a_gaussian_of_each_faces_own() -> None:
    x = faces(2)
    blurred = module.gaussian_blur(x, torch.tensor([0.8, 1.5]).view(2, 1, 1, 1), seeded())
    for before, after, sigma in zip(x, blurred, (0.8, 1.5), strict=True):
        expected = cv2.GaussianBlur(before[0].numpy(), (9, 9), sigma, borderType=cv2.BORDER_REPLICATE)
        assert np.abs(after[0].numpy() - expected).max() < 0.01


def test_jpeg_loses_what_jpeg_loses() -> None:
    x = (faces(8, 48) * 255).round() / 255
    for quality in (10, 50, 90):
        compressed = (255 * module.jpeg(x, amounts(8, 100.0 - quality), seeded())).numpy()[:, 0]
        for before, after in zip((255 * x).byte().numpy()[:, 0], compressed, strict=True):
            _, written = cv2.imencode(".jpg", before, [cv2.IMWRITE_JPEG_QUALITY, quality])
            assert np.abs(after - cv2.imdecode(written, cv2.IMREAD_UNCHANGED)).mean() < 1


def test_fewer_pixels_and_noise() -> None:
    x = faces(16)
    fewer = module.low_resolution(x, amounts(16, 2.0), seeded())
    assert fewer.diff(dim=3).abs().mean() < x.diff(dim=3).abs().mean()
    noisy = module.noise(torch.zeros(16, 1, 44, 44), amounts(16, 0.05), seeded())
    assert noisy.std().item() == pytest.approx(0.05, rel=0.05)
