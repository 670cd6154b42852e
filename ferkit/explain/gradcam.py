"""Grad-CAM: where a class's evidence lies.

Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization,
arXiv:1610.02391.

    L_c = relu(sum_k a_k A_k),  a_k = 1/(hw) sum_ij dy_c / dA_kij

A_k is the k-th feature map of the layer (h, w), y_c the logit of class c. Each face's map is divided by its largest
value.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ferkit.explain.capture import capture, evaluating, layers
from ferkit.models import Network

__all__ = ["Pass", "forward", "gradcam", "layers", "peaked"]


@dataclass(frozen=True, eq=False)
class Pass:
    """One forward pass in three parts. A graph exists from the maps on, so that a gradient runs through the head
    alone."""

    model: Network
    maps: Tensor  # (B, K, h, w), a leaf
    features: Tensor  # (B, D)
    logits: Tensor  # (B, C)

    def heat(self, target: Tensor, rows: Tensor | None = None) -> Tensor:
        """Grad-CAM of the classes `target` (B,) of the faces at `rows` (all when None): (len(rows), h, w) in [0, 1]."""
        rows = torch.arange(len(self.logits)) if rows is None else rows
        gradient = _gradient(self.logits, self.maps, rows, target[rows])
        return peaked(self.model.evidence(self.maps.detach()[rows], gradient[rows]))


def forward(model: Network, x: Tensor) -> Pass:
    """Run `model`, which must be in eval mode, on normalised images (B, C, H, W). No hook, so threads may share the
    model."""
    with torch.inference_mode():
        maps = model.maps(x)
    with _differentiable():
        leaf = maps.clone().requires_grad_()
        features = model.pool(leaf)
        return Pass(model, leaf, features, model.classify(features))


def gradcam(model: Network, x: Tensor, target: Tensor, layer: str | None = None) -> Tensor:
    """Heat maps (B, h, w) in [0, 1] of the classes `target`, int64 (B,), for normalised images (B, C, H, W).

    Without `layer`: of the last feature maps, by the head's gradient. With one: of any module by its dotted name
    (`layers` lists the convolutions); ConfigError if there is none. The largest value of a face is 1; a map without
    evidence stays 0.
    """
    if layer is None:
        with evaluating(model):
            return forward(model, x).heat(target)
    with _differentiable(), capture(model, layer) as captured:
        logits = model(x.clone() if x.is_inference() else x)
    gradient = _gradient(logits, captured.output, torch.arange(len(logits)), target)
    return peaked(Network.evidence(model, captured.output.detach(), gradient))


@contextlib.contextmanager
def _differentiable() -> Iterator[None]:
    """A graph is recorded inside, whatever mode the caller is in."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


def _gradient(logits: Tensor, maps: Tensor, rows: Tensor, classes: Tensor) -> Tensor:
    """Of the logits [rows, classes] with respect to all maps; the graph is kept for another class."""
    with _differentiable():
        chosen = torch.zeros_like(logits)  # (B, C)
        chosen[rows, classes] = 1
        return torch.autograd.grad(logits, maps, chosen, retain_graph=True)[0]


def peaked(evidence: Tensor) -> Tensor:
    """(B, h, w) -> the evidence for the class, each face's largest value being 1."""
    heat = evidence.relu()
    peak = heat.amax((1, 2), keepdim=True)
    return torch.where(peak > 0, heat / peak, torch.zeros_like(heat))
