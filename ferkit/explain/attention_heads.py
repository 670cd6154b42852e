"""Where each head of a transformer looks: how much attention every patch of a face receives.

    map_p = (1 / Q) sum over queries q of A_qp

A (T, T) is the attention of one head, rows sum to 1; p runs over the patches, q over all Q = T tokens. Dosovitskiy et
al. 2021, arXiv:2010.11929, appendix D.
"""

import numpy as np
import torch
from torch import Tensor

from ferkit.errors import ConfigError
from ferkit.explain.methods.attention_rollout import ATTENTION_ROLLOUT, attentions
from ferkit.explain.replica import replica
from ferkit.models import Network

__all__ = ["head_maps"]


def head_maps(model: Network, x: Tensor) -> np.ndarray:
    """Of one face, x (1, C, H, W): float32 (layers, heads, h, w), each map sums to the share of attention that patches
    receive, at most 1. `model` stays as it is.

    Raises ConfigError for a network without attention between patches.
    """
    if not ATTENTION_ROLLOUT.supports(model):
        raise ConfigError("This network has no attention between patches. Choose a transformer.")
    layers, places = attentions(replica(model), x)
    side = round(places**0.5)
    if side**2 != places or len({layer.shape[1:] for layer in layers}) != 1:
        raise ConfigError("Its layers do not share one square of patches. Choose another network.")
    received = torch.stack(layers)[:, 0].mean(2)[..., -places:]  # (layers, heads, places)
    return np.asarray(received.unflatten(2, (side, side)).float().numpy())
