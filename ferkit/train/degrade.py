"""Augmentation by what cameras do to faces, for whole batches, drawn from one generator: exposure, tone curves, light
from a side, occlusion, low resolution, blur, noise, JPEG. Each maps (B, C, H, W) in [0, 1] to the same.

Hendrycks and Dietterich 2019, Benchmarking Neural Network Robustness to Common Corruptions and Perturbations,
arXiv:1903.12261.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.models import Input
from ferkit.train.config import Augment

__all__ = ["degrade"]

STRIKES = 1 / 3  # probability of each kind, for a face that is corrupted
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55), (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62), (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)  # fmt: skip  # quantisation table of quality 50, ITU-T T.81, annex K.1


def degrade(x: Tensor, settings: Augment, generator: torch.Generator, input: Input) -> Tensor:
    """Normalised crops, some of them corrupted; a blur is as wide on a crop that was shrunk."""
    if not settings.corrupt:
        return x
    mean, std = (x.new_tensor(values).view(1, -1, 1, 1) for values in (input.mean, input.std))
    blur = settings.blur * x.shape[2] / (settings.crop or input.size)
    kinds: list[tuple[float, Callable[[Tensor, Tensor, torch.Generator], Tensor]]] = [
        (settings.exposure, exposure),
        (settings.gamma, gamma),
        (settings.shade, shade),
        (settings.occlude, occlude),
        (settings.low_resolution - 1, low_resolution),
        (blur, gaussian_blur),
        (settings.noise, noise),
        (100.0 - settings.jpeg if settings.jpeg else 0.0, jpeg),
    ]
    chosen = torch.rand(len(x), generator=generator) < settings.corrupt
    rows, parts = torch.arange(len(x))[chosen], (x[chosen.to(x.device)] * std + mean).clamp(0, 1)
    for largest, corrupted in kinds:
        if largest <= 0:
            continue
        struck = torch.rand(len(rows), generator=generator) < STRIKES
        amounts = (largest * torch.rand(int(struck.sum()), 1, 1, 1, generator=generator)).to(x.device, x.dtype)
        if len(amounts):
            struck = struck.to(x.device)
            parts = parts.index_put((struck,), corrupted(parts[struck], amounts, generator).clamp(0, 1))
    return x.index_put((rows.to(x.device),), (parts - mean) / std)


def _either_way(amounts: Tensor, generator: torch.Generator) -> Tensor:
    """The amounts, half of them negative."""
    return amounts * (2 * torch.randint(2, amounts.shape, generator=generator) - 1).to(amounts)


def exposure(x: Tensor, stops: Tensor, generator: torch.Generator) -> Tensor:
    """x 2^±stops; what is brighter than white is white."""
    return x * torch.exp2(_either_way(stops, generator))


def gamma(x: Tensor, power: Tensor, generator: torch.Generator) -> Tensor:
    """x^(2^±power)."""
    return x ** torch.exp2(_either_way(power, generator))


def shade(x: Tensor, amount: Tensor, generator: torch.Generator) -> Tensor:
    """Light from a random side: a factor that falls by `amount` to the far edge, its mean being 1."""
    B, _, H, W = x.shape
    angle = (2 * math.pi * torch.rand(B, 1, 1, 1, generator=generator)).to(x)
    rows, columns = (torch.linspace(-1, 1, n, device=x.device, dtype=x.dtype) for n in (H, W))
    along = angle.sin() * rows.view(1, 1, H, 1) + angle.cos() * columns.view(1, 1, 1, W)
    along = along.clamp(-1, 1)  # -1 near the light
    return x * (1 - amount * (1 + along) / 2) / (1 - amount / 2)


def occlude(x: Tensor, side: Tensor, generator: torch.Generator) -> Tensor:
    """A box of one gray, as a hand or glasses hide a part; up to four times as wide as high, or as high as wide."""
    B, _, H, W = x.shape
    stretch = torch.exp2(2 * torch.rand(B, 1, 1, 1, generator=generator) - 1).to(x)
    centre = torch.rand(2, B, 1, 1, 1, generator=generator).to(x)
    gray = torch.rand(B, 1, 1, 1, generator=generator).to(x)
    rows, columns = (((torch.arange(n, device=x.device) + 0.5) / n).to(x.dtype) for n in (H, W))
    high = (rows.view(1, 1, H, 1) - centre[0]).abs() < side / stretch / 2
    wide = (columns.view(1, 1, 1, W) - centre[1]).abs() < side * stretch / 2
    return torch.where(high & wide, gray, x)


def low_resolution(x: Tensor, factors: Tensor, generator: torch.Generator) -> Tensor:
    """Shrunk and enlarged again, all faces by one factor: 1 + up to twice the mean of `factors`."""
    side = x.shape[2]
    small = max(2, round(side / (1 + 2 * float(factors.mean()) * float(torch.rand((), generator=generator)))))
    shrunk = F.interpolate(x, (small, small), mode="bilinear", antialias=True)
    return F.interpolate(shrunk, (side, side), mode="bilinear")


def gaussian_blur(x: Tensor, sigma: Tensor, generator: torch.Generator) -> Tensor:
    """Each face by its own Gaussian; edges repeat."""
    B, C, H, W = x.shape
    reach = min(max(1, math.ceil(2.5 * float(sigma.max()))), H - 1)
    places = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.softmax(-(places**2) / (2 * sigma.view(B, 1).clamp(min=0.05) ** 2), 1)
    kernel = kernel.repeat_interleave(C, 0)  # (B * C, k)
    flat = F.pad(x.reshape(1, B * C, H, W), (reach,) * 4, mode="replicate")
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=B * C)
    return F.conv2d(flat, kernel[:, None, :, None], groups=B * C).view(B, C, H, W)


def noise(x: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """Gaussian noise."""
    return x + deviation * torch.randn(x.shape, generator=generator).to(x)


def jpeg(x: Tensor, worse: Tensor, generator: torch.Generator) -> Tensor:
    """Each channel quantised in blocks of 8×8 as JPEG of quality 100 - worse does it."""
    B, C, H, W = x.shape
    quality = (100 - worse).clamp(1, 100)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)  # (B, 1, 1, 1), of libjpeg
    table = (x.new_tensor(LUMINANCE) * scale).round().clamp(1, 255).view(B, 1, 1, 1, 8, 8)
    down, right = -H % 8, -W % 8
    padded = F.pad(255 * x - 128, (0, right, 0, down), mode="replicate")
    blocks = padded.unfold(2, 8, 8).unfold(3, 8, 8)  # (B, C, h, w, 8, 8)
    basis = _cosines(x)
    coded = (basis @ blocks @ basis.T / table).round() * table
    decoded = (basis.T @ coded @ basis).permute(0, 1, 2, 4, 3, 5).reshape(B, C, H + down, W + right)
    return (decoded[:, :, :H, :W] + 128) / 255


def _cosines(x: Tensor) -> Tensor:
    """The orthonormal DCT-II of 8 samples, (8, 8)."""
    k = torch.arange(8, device=x.device, dtype=x.dtype)
    basis = torch.cos(math.pi * (2 * k + 1) * k[:, None] / 16) / 2
    return torch.cat([basis[:1] / math.sqrt(2), basis[1:]])
