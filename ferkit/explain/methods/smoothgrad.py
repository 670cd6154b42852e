"""SmoothGrad: the mean of the score's slope over noisy copies of the face. Smilkov et al. 2017, arXiv:1706.03825.

    E_ij = sum over channels of |mean over n of dy/dx_ij at x + e_n|,  e_n normal with deviation s

The slope is captum's Saliency. The noise is drawn here, from a generator of its own: captum's NoiseTunnel draws from
the process's, which threads share. Every noise is used with its mirror image, so that a mirrored face gives a
mirrored map.
"""

from typing import Any

import torch
from torch import Tensor

from ferkit.explain.method import Method, Parameter
from ferkit.explain.methods.integrated_gradients import BLUR
from ferkit.explain.methods.needs import has_captum
from ferkit.explain.smoothing import smoothed
from ferkit.models import Network

__all__ = ["SMOOTHGRAD"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    from captum.attr import Saliency

    slope, generator = Saliency(model.forward), torch.Generator().manual_seed(values["seed"])
    deviation = values["noise"] * (x.amax((1, 2, 3), keepdim=True) - x.amin((1, 2, 3), keepdim=True))
    total = torch.zeros_like(x)
    for _ in range(values["pairs"]):
        drawn = torch.randn(x.shape[1:], generator=generator)  # the same for every face: none depends on its company
        for noise in (drawn, drawn.flip(2)):
            noisy = (x + deviation * noise).detach().requires_grad_()
            total += slope.attribute(noisy, target=target, abs=False).detach()
    return smoothed(total.abs().sum(1), values["blur"])


SMOOTHGRAD = Method(
    "smoothgrad",
    "SmoothGrad",
    "arXiv:1706.03825",
    "How strongly the score reacts to each pixel, averaged over noisy copies of the face.",
    explain,
    (
        Parameter("pairs", 5, 1, 100, "Of noisy copies: a noise and its mirror image."),
        Parameter("noise", 0.15, 0.0, 1.0, "Deviation of the noise as a share of the face's range."),
        Parameter("seed", 0, 0, 2**31 - 1, "Of the noise."),
        BLUR,
    ),
    supports=has_captum,
)
