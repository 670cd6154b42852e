"""The network a training starts with: fresh, pretrained, or with the weights of another run."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ferkit import runs
from ferkit.errors import ConfigError
from ferkit.models import Input, Network, build, inherit
from ferkit.models.limits import check_activations, draft
from ferkit.models.reparameterized import whiten
from ferkit.train.config import TrainConfig

FACES = 1000  # that whitening is fitted to, taken at equal distances

__all__ = ["fresh_network"]


def fresh_network(
    config: TrainConfig,
    classes: tuple[str, ...],
    shape: Input,
    built: Mapping[str, Any] | None = None,
    images: np.ndarray | None = None,
) -> Network:
    """The config's network. With `built`, the arguments of the network that a run was started with, nothing is looked
    up and no weights learned elsewhere are put in, since its own are about to come. A first convolution that whitens is
    fitted to a thousand of the training `images`, uint8 (N, H, W[, 3]).

    Raises ConfigError for a network that cannot be built, is too large for faces of this size or brings no weights,
    RunError for a run it cannot start from.
    """
    args = config.model_args if built is None else built
    network = build(config.model, len(classes), shape.channels, lookup=built is None, **args)
    if not config.model.startswith(("timm:", "hf:")):
        outline = draft(lambda: build(config.model, len(classes), shape.channels, **args))
        check_activations(config.model, outline, shape.channels, shape.side)
    if built is None:
        if images is not None and args.get("whiten"):
            whiten(network, shape.prepare(images[:: -(-len(images) // FACES)]))
        _put_weights(network, config, classes)
    return network


def _put_weights(network: Network, config: TrainConfig, classes: tuple[str, ...]) -> None:
    if config.pretrained and config.start:
        raise ConfigError(
            f"A network starts from pretrained weights or from those of {config.start}, not from both: leave one out."
        )
    if config.pretrained:
        network.load_pretrained()
    if config.start:
        inherit(network, runs.open_run(config.start), classes)
