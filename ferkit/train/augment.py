"""Augmentation of whole batches: RandAugment, one affine resampling, light, an erased box, mixup, CutMix. All drawn
from one generator."""

import math
from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.train.config import Augment, TrainConfig

__all__ = ["augment", "in_epoch", "mirrored", "mix", "randaugment", "shrink"]


def in_epoch(config: TrainConfig, number: int) -> Augment:
    """The augmentation of epoch `number`, counted from 1: as it is set, on shrunk crops in the first epochs; in
    the last `plain_epochs` the centre, mirrored or not (Touvron et al. 2019, Fixing the train-test resolution
    discrepancy, arXiv:1906.06423)."""
    settings = config.augment
    if number > config.epochs - config.plain_epochs:
        still = Augment(rotate=0, scale=0, shift=0, light=0, erase=0)
        return replace(
            still, crop=settings.crop, flip=settings.flip, centre=True, alternating_flip=settings.alternating_flip
        )
    return settings if number <= config.small_epochs * config.epochs else replace(settings, small=0)


def mirrored(rows: Tensor, number: int, config: TrainConfig) -> Tensor | None:
    """bool (B,): which of the faces, by their rows (B,), alternating flip mirrors in epoch `number`; None where it is
    off.

    A bit of each row, a hash of it and the seed, is turned over from one epoch to the next (Jordan 2024, 94% on
    CIFAR-10 in 3.29 Seconds on a Single GPU, arXiv:2404.00498).
    """
    if not config.augment.alternating_flip:
        return None
    mixed = rows * 0x9E3779B1 + (config.seed + 1) * 0x85EBCA6B % 2**31
    for factor in (0x7FEB352D, 0x846CA68B):  # of lowbias32
        mixed = ((mixed ^ (mixed >> 16)) & 0x7FFFFFFF) * factor
    return ((mixed >> 20) + number) % 2 == 1


def augment(x: Tensor, settings: Augment, generator: torch.Generator, mirror: Tensor | None = None) -> Tensor:
    """Normalised (B, C, H, W) -> (B, C, crop, crop): rotated, zoomed, shifted, mirrored, relit, partly erased."""
    return erase(relight(warp(x, settings, generator, mirror), settings.light, generator), settings, generator)


def warp(x: Tensor, settings: Augment, generator: torch.Generator, mirror: Tensor | None = None) -> Tensor:
    """Rotation, zoom, shift, mirror, crop and shrinking as one bilinear resampling; pixels beyond the edge repeat
    it. `mirror`, bool (B,), says which faces are mirrored in place of a draw."""
    B, C, H, _ = x.shape  # square
    side = settings.crop or H
    pixels = settings.small or side

    def draw(amount: float) -> Tensor:
        return amount * (2 * torch.rand(B, generator=generator) - 1)

    angle, zoom = draw(math.radians(settings.rotate)), 1 + draw(settings.scale)
    room = 0.0 if settings.centre else (1 - side / H) + 2 * settings.shift  # in [-1, 1] coordinates, the side being 2
    chosen = torch.rand(B, generator=generator) < settings.flip
    sign = 1 - 2 * (chosen if mirror is None else mirror).to(x.device, x.dtype)
    size = side / H * zoom
    theta = torch.stack([
        torch.stack([size * angle.cos(), -size * angle.sin(), draw(room)], 1),
        torch.stack([size * angle.sin(), size * angle.cos(), draw(room)], 1),
    ], 1)  # fmt: skip
    theta = theta.to(x.device, x.dtype) * torch.stack([sign, torch.ones_like(sign), torch.ones_like(sign)], 1)[:, None]
    grid = F.affine_grid(theta, [B, C, pixels, pixels], align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def relight(x: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """x * contrast + brightness, both drawn per face; x being normalised, brightness is in standard deviations."""
    drawn = amount * (2 * torch.rand(2, len(x), 1, 1, 1, generator=generator) - 1)
    contrast, brightness = 1 + drawn[0], drawn[1]
    return x * contrast.to(x) + brightness.to(x)


def erase(x: Tensor, settings: Augment, generator: torch.Generator) -> Tensor:
    """One box per chosen face set to the mean (Zhong et al. 2020, Random Erasing, arXiv:1708.04896)."""
    B, _, H, W = x.shape
    chosen = torch.rand(B, 1, generator=generator) < settings.erase
    half = (0.3 + 0.7 * torch.rand(B, 2, generator=generator)) * settings.erase_size / 2
    centre = torch.rand(B, 2, generator=generator)

    def within(pixels: int, axis: int) -> Tensor:
        place = (torch.arange(pixels) + 0.5) / pixels
        return ((place - centre[:, axis, None]).abs() < half[:, axis, None]) & chosen  # (B, pixels)

    box = within(H, 0)[:, None, :, None] & within(W, 1)[:, None, None, :]
    return x.masked_fill(box.to(x.device), 0.0)


def shrink(x: Tensor, pixels: int) -> Tensor:
    """(B, C, H, W) -> (B, C, pixels, pixels), unless pixels is 0 or that is its size already."""
    if pixels in (0, x.shape[2]):
        return x
    return F.interpolate(x, (pixels, pixels), mode="bilinear", antialias=True)


def randaugment(images: Tensor, settings: Augment, generator: torch.Generator) -> Tensor:
    """Two random operations on each face, uint8 (B, C, H, W), of one magnitude out of 30.

    Cubuk et al. 2020, RandAugment: Practical Automated Data Augmentation, arXiv:1909.13719.
    """
    if not settings.randaugment:
        return images
    from torchvision.transforms import v2  # seconds, which trainings without it need not wait for

    policy = v2.RandAugment(num_ops=2, magnitude=settings.randaugment, interpolation=v2.InterpolationMode.BILINEAR)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (), generator=generator)))
        return torch.stack([policy(image) for image in images])


def mix(x: Tensor, target: Tensor, settings: Augment, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Mixup or CutMix, each in its share of the batches. `target` is (B, D): distributions, or several side by side."""
    drawn = torch.rand((), generator=generator)
    if drawn < settings.mixup:
        return mixup(x, target, settings, generator)
    return cutmix(x, target, settings, generator) if drawn < settings.mixup + settings.cutmix else (x, target)


def mixup(x: Tensor, target: Tensor, settings: Augment, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """x' = a x + (1 - a) x[perm], the targets likewise, a ~ Beta(alpha, alpha) (Zhang et al. 2018, mixup,
    arXiv:1710.09412)."""
    a = _beta(settings.mixup_alpha, generator)
    order = torch.randperm(len(x), generator=generator).to(x.device)
    return a * x + (1 - a) * x[order], a * target + (1 - a) * target[order]


def cutmix(x: Tensor, target: Tensor, settings: Augment, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """A box of share 1 - a comes from x[perm], the targets mixed by area, a ~ Beta(alpha, alpha).

    Yun et al. 2019, CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features,
    arXiv:1905.04899.
    """
    _, _, H, W = x.shape
    half = math.sqrt(1 - _beta(settings.cutmix_alpha, generator)) / 2
    row, column = torch.rand(2, generator=generator).tolist()
    top, bottom = round(max(0.0, row - half) * H), round(min(1.0, row + half) * H)
    left, right = round(max(0.0, column - half) * W), round(min(1.0, column + half) * W)
    order = torch.randperm(len(x), generator=generator).to(x.device)
    mixed = x.clone()
    mixed[:, :, top:bottom, left:right] = x[order, :, top:bottom, left:right]
    a = 1 - (bottom - top) * (right - left) / (H * W)  # what is left of the face itself
    return mixed, a * target + (1 - a) * target[order]


def _beta(alpha: float, generator: torch.Generator) -> float:
    """One draw from Beta(alpha, alpha), by Jöhnk's way: u^(1/alpha) / (u^(1/alpha) + v^(1/alpha)) where that sum is at
    most 1."""
    for _ in range(1000):
        u, v = (torch.rand(2, generator=generator, dtype=torch.float64) ** (1 / alpha)).tolist()
        if 0 < u + v <= 1:
            return u / (u + v)
    return 0.5
