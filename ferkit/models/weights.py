"""Weights in and out of a run folder, as safetensors."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ferkit import files
from ferkit.errors import ConfigError, RunError
from ferkit.models.limits import check_activations
from ferkit.models.network import Network
from ferkit.models.registry import build, sketch
from ferkit.runs import Run

__all__ = ["inherit", "load", "save"]

ATTENTION = ".attend."  # in the names of the weights of squeeze-and-excitation


def save(model: Network, path: Path) -> None:
    """Write a network's weights as safetensors, atomically; what layers share, under its first name alone."""
    once = set(_first(model).values())
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items() if key in once}
    with files.atomic_write(path) as partial:
        save_file(state, partial)


def _first(model: Network) -> dict[str, str]:
    """Each name of the state dict, with the first name that its tensor has there."""
    names: dict[int, str] = {}
    return {key: names.setdefault(id(value), key) for key, value in model.state_dict(keep_vars=True).items()}


def load(run: Run) -> Network:
    """The run's network with its weights, in eval mode on the CPU.

    The folder may come from anyone: its description is drafted without memory and compared with the weights' header
    first. Raises RunError if the weights are missing or do not fit, or if the network is not one that ferkit builds.
    """
    if not run.weights.is_file():
        raise RunError(
            f"{run.name} has no weights here: {run.weights.name} is missing. "
            "Train it again or copy the file into its folder."
        )
    spec, shape = run.manifest.model, run.manifest.input
    network = (spec.name, len(run.classes), shape.channels)
    try:
        draft = sketch(*network, **spec.args)
        _check_weights(run, draft)
        check_activations(spec.name, draft, shape.channels, shape.crop or shape.size)
        built = build(*network, lookup=False, **spec.args)
    except ConfigError as error:
        raise RunError(f"The network of {run.name} cannot be built: {error}") from error
    try:
        stored = load_file(run.weights)
        built.load_state_dict({key: stored[name] for key, name in _first(built).items()})
    except (SafetensorError, RuntimeError, OSError, KeyError) as error:
        raise _unfit(run, str(error)) from error
    return built.eval()


def _check_weights(run: Run, draft: Network) -> None:
    """Raises RunError unless the weights' header names the network's parameters with their shapes."""
    try:
        with safe_open(run.weights, "pt") as stored:
            shapes = {key: tuple(stored.get_slice(key).get_shape()) for key in stored.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _unfit(run, str(error)) from error
    state = draft.state_dict()
    expected = {key: tuple(state[key].shape) for key in _first(draft).values()}
    if different := sorted(key for key in expected.keys() | shapes if expected.get(key) != shapes.get(key)):
        key = different[0]
        raise _unfit(run, f"{key[:80]} has shape {shapes.get(key)}, expected {expected.get(key)}")


def _unfit(run: Run, reason: str) -> RunError:
    reason = reason.splitlines()[0][:200] if reason else "no reason given"
    return RunError(
        f"The weights of {run.name} are broken or of another network ({reason}). Copy them again or train it again."
    )


def inherit(model: Network, run: Run, classes: tuple[str, ...]) -> None:
    """Give a fresh network the weights of a run; of the head only the rows of those of its `classes` that the run
    knows. A run's squeeze-and-excitation is left behind where the network has none.

    Raises RunError if the run's weights are missing, or of another network or number of channels.
    """
    state, inherited = model.state_dict(), load(run).state_dict()
    inherited = {key: value for key, value in inherited.items() if key in state or ATTENTION not in key}
    if _shapes(_body(state)) != _shapes(_body(inherited)):
        spec, gray = run.manifest.model, run.manifest.input.channels == 1
        raise RunError(
            f"{run.name} is another network than one that would start from it: {spec.name} with "
            f"{spec.args or 'its usual settings'} for {'gray' if gray else 'colour'} faces. "
            "Set model and model_args as it has them."
        )
    shared = [name for name in classes if name in run.classes]
    rows, sources = ([names.index(name) for name in shared] for names in (classes, run.classes))
    for key in state.keys() - _body(state).keys():
        state[key][rows] = inherited[key][sources]
    model.load_state_dict(state | _body(inherited))


def _body(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value for key, value in state.items() if not key.startswith("head.")}


def _shapes(state: dict[str, Tensor]) -> dict[str, torch.Size]:
    return {key: value.shape for key, value in state.items()}
