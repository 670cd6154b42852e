"""Attention rollout: how much of each patch reaches the output when attention is followed through all layers. Abnar &
Zuidema 2020, arXiv:2005.00928.

    R = prod over layers of (A + I) / 2, rows scaled to sum 1;  map = mean over patches p of R_p

A is the attention of a layer, averaged over heads (T, T). It knows no class.
"""

from typing import Any

import torch
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.explain.method import Method
from ferkit.models import Network
from ferkit.models.hf_nets import HuggingFaceNetwork
from ferkit.models.timm_nets import TimmNetwork
from ferkit.models.vit import ViT

__all__ = ["ATTENTION_ROLLOUT", "attentions"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    layers, places = attentions(model, x)
    tokens = layers[0].shape[2]
    side = round(places**0.5)
    if side**2 != places or any(layer.shape[2:] != (tokens, tokens) for layer in layers):
        raise ConfigError("Attention rollout needs the same square of patches in every layer. Choose another method.")
    identity = torch.eye(tokens)
    followed = identity.expand(len(x), tokens, tokens)
    for layer in layers:
        step = (layer.mean(1) + identity) / 2
        followed = step / step.sum(2, keepdim=True) @ followed
    return followed[:, -places:, -places:].mean(1).unflatten(1, (side, side))


def attentions(model: Network, x: Tensor) -> tuple[list[Tensor], int]:
    """Of a replica: the attention of every layer, first to last, each (B, heads, T, T); and how many of the T tokens,
    the last ones, are patches."""
    seen: list[Tensor] = []
    if isinstance(model, ViT):
        _record_torch(model, seen)
    elif isinstance(model, HuggingFaceNetwork):
        model.body.set_attn_implementation("eager")
        model.body.config.output_attentions = True
        model.body.register_forward_hook(lambda module, inputs, output: seen.extend(output.attentions))
    else:
        _record_timm(model, seen)
    with torch.enable_grad():
        maps = model.maps(x.detach().requires_grad_())  # a gradient keeps torch from its fused layer
    return [attention.detach() for attention in seen], maps.shape[2] * maps.shape[3]


def _record_torch(model: Network, seen: list[Tensor]) -> None:
    for module in model.modules():
        if isinstance(module, nn.MultiheadAttention):
            module.forward = _weighing(module.forward, seen)  # type: ignore[method-assign]


def _weighing(forward: Any, seen: list[Tensor]) -> Any:
    def call(*inputs: Any, **options: Any) -> Any:
        output, weights = forward(*inputs, **{**options, "need_weights": True, "average_attn_weights": False})
        seen.append(weights)
        return output, weights

    return call


def _record_timm(model: Network, seen: list[Tensor]) -> None:
    for module in model.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = False  # type: ignore[assignment]
            module.attn_drop.register_forward_hook(lambda module, inputs, output: seen.append(output))  # type: ignore[union-attr]


def supports(model: Network) -> bool:
    """Whether it is a transformer whose tokens stay the same patches from layer to layer."""
    if isinstance(model, HuggingFaceNetwork):
        config = model.body.config
        plain = isinstance(getattr(config, "num_hidden_layers", None), int) and hasattr(config, "patch_size")
        return plain and hasattr(config, "num_attention_heads") and not hasattr(config, "window_size")
    if isinstance(model, TimmNetwork):
        return type(model.body).__name__ == "VisionTransformer"
    return isinstance(model, ViT)


ATTENTION_ROLLOUT = Method(
    "attention-rollout",
    "Attention rollout",
    "arXiv:2005.00928",
    "How much of each patch reaches the output through the attention of all layers; it knows no class.",
    explain,
    supports=supports,
)
