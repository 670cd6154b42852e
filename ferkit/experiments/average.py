"""Runs of one network as one run: the mean of their weights, at the cost of a single network.

It helps where the runs are close to each other, as a run and another that was started from it: their mean is then often
more accurate than either, and keeps most of what the second has learned (Wortsman et al. 2022, Robust fine-tuning of
zero-shot models, arXiv:2109.01903; Model soups, arXiv:2203.05482). Runs from different starts have no such mean.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ferkit.errors import RunError
from ferkit.experiments.combined import check_free, store
from ferkit.models import load
from ferkit.runs import Run

__all__ = ["average"]


def average(members: Sequence[Run], name: str, *, weights: Sequence[float] | None = None, force: bool = False) -> Run:
    """Write the mean of the runs' weights to checkpoints/<name>, as a run that is not yet scored.

    `weights`: a share per run, which are divided by their sum; equal when None. Raises RunError for fewer than two
    runs, other networks, classes or inputs, weights that are no shares, or a name that is taken.
    """
    shares = _shares(members, weights)
    first = members[0].manifest
    for run in members[1:]:
        _check_alike(run, members[0])
    check_free(name, force)
    network = load(members[0])
    network.load_state_dict(_mean([load(run).state_dict() for run in members], shares))
    return store(
        members,
        name,
        network,
        recipe="average",
        model=first.model,
        input=first.input,
        parameters=first.parameters,
        macs=first.macs,
        config={
            "members": [run.name for run in members],
            "weights": shares,
            "soft_labels": list(dict.fromkeys(name for run in members for name in run.manifest.soft_label_files)),
        },
        selection=f"mean of the weights of {len(members)} finished runs",
        seed=first.seed if all(run.manifest.seed == first.seed for run in members) else 0,
    )


def _shares(members: Sequence[Run], weights: Sequence[float] | None) -> list[float]:
    if len(members) < 2:
        raise RunError(f"A mean of weights takes two runs or more; got {len(members)}.")
    weights = [1.0] * len(members) if weights is None else weights
    if len(weights) != len(members):
        raise RunError(f"Expected one weight for each of {len(members)} runs, got {len(weights)}.")
    if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or not sum(weights) > 0:
        raise RunError(f"Weights are numbers from 0, not all of them 0; got {', '.join(map(str, weights))}.")
    return [weight / sum(weights) for weight in weights]


def _check_alike(run: Run, first: Run) -> None:
    a, b = run.manifest, first.manifest
    if a.model.name != b.model.name or (a.parameters, a.macs) != (b.parameters, b.macs):
        raise RunError(f"{run.name} is {a.model.name}, {first.name} {b.model.name} of another size: no common weights.")
    if a.classes != b.classes or a.data.name != b.data.name or a.data.fingerprint != b.data.fingerprint:
        raise RunError(f"{run.name} was trained on other faces or classes than {first.name}. Average runs on the same.")
    if a.input != b.input:
        raise RunError(f"{run.name} reads other faces than {first.name}: size, crop, mean or deviation differ.")


def _mean(states: list[dict[str, Tensor]], shares: list[float]) -> dict[str, Tensor]:
    """The weighted mean of each tensor, computed in float64; counters are the first one's."""
    if any(state.keys() != states[0].keys() for state in states):
        raise RunError("The runs have other layers than each other: no common weights. Average runs of one network.")
    mean = {}
    for key, first in states[0].items():
        if any(state[key].shape != first.shape for state in states):
            raise RunError(f"{key} has another shape in one of the runs. Average runs of one network.")
        if first.is_floating_point():
            parts = (share * state[key].double() for share, state in zip(shares, states, strict=True))
            mean[key] = sum(parts, torch.zeros_like(first, dtype=torch.float64)).to(first.dtype)
        else:
            mean[key] = first
    return mean
