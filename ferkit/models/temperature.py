"""Logits over their temperature in torch, for exports and explanations: `ferkit.metrics.Temperature`."""

import math

from torch import Tensor

from ferkit.metrics import Temperature

__all__ = ["tempered"]


def tempered(logits: Tensor, temperature: Temperature) -> Tensor:
    """z / T(z) for logits (N, C); their softmax is what `ferkit.metrics.softmax` gives in numpy."""
    if not temperature.slope:
        return logits / temperature.value
    log_p = logits.log_softmax(1)
    entropy = -(log_p.exp() * log_p).sum(1, keepdim=True) / math.log(logits.shape[1])
    return logits / (temperature.value * (temperature.slope * entropy).exp())
