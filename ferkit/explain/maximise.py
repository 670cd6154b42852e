"""Faces that a network would like best: inputs found by gradient ascent on a class or a channel.

Erhan et al. 2009, Visualizing Higher-Layer Features of a Deep Network, Université de Montréal 1341; regularised as in
Olah et al. 2017, Feature Visualization, doi:10.23915/distill.00007: the image is a sum of pictures of several sizes, so
that coarse shapes are as easy to change as fine ones, it is shifted at random before each step, and its total variation
is held small:

    max_z  f(shift(x)) - t TV(x),  x = sigmoid(sum over sizes s of grown(z_s))

f is the logit of a class, or the mean of a channel's map.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.excitation import normed
from ferkit.explain.replica import replica
from ferkit.models import Network

__all__ = ["for_channel", "for_classes"]

STEPS = 96
RATE = 0.06  # of Adam
SIZES = 4  # pictures, each half as wide as the one before
SHIFT = 2  # pixels, at most, in each direction
VARIATION = 0.1  # t, in units of how much f differs between pictures of noise
DRAWN = 4  # pictures of noise
Prepare = Callable[[Tensor], Tensor]  # values in [0, 1], (B, C, H, H) -> the network's input
Score = Callable[[Network, Tensor], Tensor]  # a network and its input -> (B,), to be made large


def for_classes(
    model: Network, prepare: Prepare, classes: list[int], channels: int, side: int, *, seed: int = 0, steps: int = STEPS
) -> Tensor:
    """An image for each of these classes: float32 (len(classes), channels, side, side) in [0, 1]. The same seed gives
    the same images; `model` stays as it is."""
    rows = torch.arange(len(classes))

    def score(own: Network, x: Tensor) -> Tensor:
        logits = own(x)
        return logits[rows, torch.tensor(classes)] - logits.mean(1)  # for this one rather than for all

    return _ascend(replica(model), prepare, score, len(classes), channels, side, seed, steps)


def for_channel(
    model: Network,
    prepare: Prepare,
    layer: str,
    channel: int,
    channels: int,
    side: int,
    *,
    seed: int = 0,
    steps: int = STEPS,
) -> Tensor:
    """An image for one channel of a convolution: float32 (channels, side, side) in [0, 1]. Raises ConfigError for an
    unknown layer."""
    own = replica(model)
    name = normed(own, layer, prepare(torch.full((1, channels, side, side), 0.5)))

    def score(own: Network, x: Tensor) -> Tensor:
        kept: list[Tensor] = []
        handle = own.get_submodule(name).register_forward_hook(lambda m, i, output: kept.append(output))
        try:
            own(x)
        finally:
            handle.remove()
        return kept[0][:, channel].mean((1, 2))

    return _ascend(own, prepare, score, 1, channels, side, seed, steps)[0]


def _ascend(
    own: Network, prepare: Prepare, score: Score, n: int, channels: int, side: int, seed: int, steps: int
) -> Tensor:
    """Images (n, channels, side, side) in [0, 1] whose scores are large. `own` is a replica."""
    generator = torch.Generator().manual_seed(seed)
    with torch.inference_mode(False), torch.enable_grad():
        sizes = [max(2, side >> i) for i in range(SIZES)]
        parts = [(0.1 * torch.randn(n, channels, s, s, generator=generator)).requires_grad_() for s in sizes]
        optimiser = torch.optim.Adam(parts, lr=RATE)
        scale = _scale(own, prepare, score, (n, channels, side, side), generator)
        for _ in range(steps):
            image = _image(parts, side)
            down, right = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=generator).tolist()
            gained = score(own, prepare(image.roll((down, right), (2, 3)))) / scale
            loss = (VARIATION * _variation(image) * side - gained).sum()
            gradients = torch.autograd.grad(loss, parts)
            for part, gradient in zip(parts, gradients, strict=True):
                part.grad = gradient
            optimiser.step()
        return _image(parts, side).detach()


def _scale(own: Network, prepare: Prepare, score: Score, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """How much scores differ between pictures of noise, (n,)."""
    with torch.no_grad():
        drawn = [score(own, prepare(torch.rand(shape, generator=generator))) for _ in range(DRAWN)]
    return torch.stack(drawn).std(0).clamp(min=1e-6)


def _image(parts: list[Tensor], side: int) -> Tensor:
    grown = [F.interpolate(part, (side, side), mode="bilinear", align_corners=False) for part in parts]
    return torch.stack(grown).sum(0).sigmoid()


def _variation(image: Tensor) -> Tensor:
    """Mean absolute difference of neighbours, (n,)."""
    return image.diff(dim=2).abs().mean((1, 2, 3)) + image.diff(dim=3).abs().mean((1, 2, 3))
