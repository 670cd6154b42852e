"""Integrated Gradients by captum: the mean slope on the way from the reference face to this one, times their
difference. Sundararajan et al. 2017, arXiv:1703.01365.

    E_ij = sum over channels of (x - r)_ij mean over a in (0, 1) of dy/dx_ij at r + a (x - r)
"""

from typing import Any

from torch import Tensor

from ferkit.explain.method import CHUNK, Method, Parameter
from ferkit.explain.methods.needs import has_captum
from ferkit.explain.smoothing import smoothed
from ferkit.models import Network

__all__ = ["BLUR", "INTEGRATED_GRADIENTS"]

BLUR = Parameter("blur", 2.0, 0.0, 10.0, "Pixels by which the map is smoothed; single pixels say little.")


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    from captum.attr import IntegratedGradients

    evidence = IntegratedGradients(model.forward).attribute(
        x.requires_grad_(),
        baselines=reference.expand_as(x),
        target=target,
        n_steps=values["steps"],
        internal_batch_size=max(CHUNK, len(x)),
    )
    return smoothed(evidence.detach().sum(1).float(), values["blur"])


INTEGRATED_GRADIENTS = Method(
    "integrated-gradients",
    "Integrated Gradients",
    "arXiv:1703.01365",
    "The slope of every pixel on the way from the mean face to this one, times their difference.",
    explain,
    (Parameter("steps", 12, 2, 200, "On the way; more are more exact and slower."), BLUR),
    signed=True,
    supports=has_captum,
)
