"""The network a training starts with: fresh, pretrained, or with the weights of another run."""

from collections.abc import Mapping
from typing import Any

from ferkit import runs
from ferkit.errors import ConfigError
from ferkit.models import Input, Network, build, inherit
from ferkit.models.limits import check_activations, draft
from ferkit.train.config import TrainConfig

__all__ = ["fresh_network"]


def fresh_network(
    config: TrainConfig, classes: tuple[str, ...], shape: Input, built: Mapping[str, Any] | None = None
) -> Network:
    """The config's network. With `built`, the arguments of the network that a run was started with, nothing is looked
    up and no weights learned elsewhere are put in, since its own are about to come.

    Raises ConfigError for a network that cannot be built, is too large for faces of this size or brings no weights,
    RunError for a run it cannot start from.
    """
    args = config.model_args if built is None else built
    network = build(config.model, len(classes), shape.channels, lookup=built is None, **args)
    if not config.model.startswith(("timm:", "hf:")):
        outline = draft(lambda: build(config.model, len(classes), shape.channels, **args))
        check_activations(config.model, outline, shape.channels, shape.side)
    if built is None:
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
