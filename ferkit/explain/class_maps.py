"""The evidence for every class in one forward pass.

Where a network ends in a global average and a linear head, the class activation maps (Zhou et al. 2016,
arXiv:1512.04150) need no gradient and no hook:

    E_c = sum_k W_ck A_k,  mean over places of E_c = y_c - b_c

A_k is the k-th of the last feature maps (h, w), W the head's weight (`Network.class_weights`), b its bias, y_c the
logit of class c. E_c is Grad-CAM before its rectifier, times hw. Any other head is differentiated once per class:
E_c = hw sum_k a_ck A_k, with a_ck the mean of dy_c / dA_k.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.explain.capture import evaluating
from ferkit.explain.gradcam import Pass, forward, peaked
from ferkit.models import Network

__all__ = ["ClassMaps", "class_maps", "ends_in_average", "of_pass"]


@dataclass(frozen=True, eq=False)
class ClassMaps:
    """All classes' maps of B faces, and what the same pass gives besides."""

    evidence: Tensor  # (B, C, h, w), for (above 0) and against (below); in units of a logit
    logits: Tensor  # (B, C)
    features: Tensor  # (B, D), penultimate

    @property
    def heat(self) -> Tensor:
        """Grad-CAM of every class, (B, C, h, w) in [0, 1]: the evidence for it, the largest of each map being 1."""
        return peaked(self.evidence.flatten(0, 1)).view_as(self.evidence)


def class_maps(model: Network, x: Tensor) -> ClassMaps:
    """Evidence for all classes in normalised images (B, C, H, W). No hook, and no parameter's gradient: threads may
    share the model."""
    with evaluating(model):
        with torch.inference_mode():
            maps = model.maps(x)
            if ends_in_average(model, maps):
                features = model.pool(maps)
                evidence = F.conv2d(maps, model.class_weights()[:, :, None, None])  # (B, C, h, w)
                return ClassMaps(evidence.float(), model.classify(features), features)
        return of_pass(forward(model, x))


def of_pass(passed: Pass) -> ClassMaps:
    """The same from a pass whose graph begins at the maps: one gradient of the head per class."""
    maps, logits = passed.maps, passed.logits
    with torch.inference_mode(False), torch.enable_grad():
        gradients = [
            torch.autograd.grad(logits[:, c].sum(), maps, retain_graph=True)[0] for c in range(logits.shape[1])
        ]
    places = maps.shape[2] * maps.shape[3]
    evidence = [passed.model.evidence(maps.detach(), gradient) * places for gradient in gradients]
    return ClassMaps(torch.stack(evidence, 1), logits.detach(), passed.features.detach())


def ends_in_average(model: Network, maps: Tensor) -> bool:
    """Whether `model` averages its last maps (B, K, h, w) over all places and ends in one linear layer. Found by trying
    it on noise, so that it holds for any network, whatever its class."""
    head = getattr(model, "head", None)
    if type(model).classify is not Network.classify or type(head) is not nn.Linear:
        return False
    weights = model.class_weights()
    if weights.shape[1] != maps.shape[1]:
        return False
    noise = torch.rand(1, *maps.shape[1:], generator=torch.Generator().manual_seed(0)).to(maps)
    logits = F.linear(noise.mean((2, 3)), weights, head.bias)
    return torch.allclose(head(model.pool(noise)), logits, rtol=1e-4, atol=1e-5)
