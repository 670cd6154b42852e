"""Finished runs as one run: their networks and weights in one folder, which every page shows like any other."""

from typing import Any

import numpy as np
from scipy.optimize import minimize

from ferkit import metrics
from ferkit.errors import RunError
from ferkit.evaluate.labels import UNKNOWN, label_map
from ferkit.experiments.combined import check_free, store
from ferkit.models import build, count_macs, count_parameters, load
from ferkit.models.ensemble import MODES
from ferkit.runs import InputSpec, ModelSpec, Results, Run

__all__ = ["WEIGHTS", "join"]

WEIGHTS = ("equal", "val")


def join(
    members: list[Run], name: str, *, mode: str = "probabilities", weights: str = "equal", force: bool = False
) -> Run:
    """Write the ensemble of the runs to checkpoints/<name>; not yet scored.

    Members may differ in architecture, size, channels and normalisation: each prepares the faces for itself. They must
    have the same classes, in any order. With `weights="val"` each member gets the weight that gives val the smallest
    negative log-likelihood, all weights being positive. Members' logits are divided by their temperatures first. Raises
    RunError for fewer than two runs, other classes, weights that are missing, or a name that is taken.
    """
    _check(members, mode, weights)
    check_free(name, force)
    first = members[0]
    shares = _fitted(members, mode) if weights == "val" else [1 / len(members)] * len(members)
    args: dict[str, Any] = {"members": [_member(run, first) for run in members], "weights": shares, "mode": mode}
    spec = _input(members)
    network = build("ensemble", len(first.classes), spec.channels, **args).eval()
    for module, run in zip(network.members, members, strict=True):  # type: ignore[arg-type]
        module.load_state_dict(load(run).state_dict())
    return store(
        members,
        name,
        network,
        recipe="ensemble",
        model=ModelSpec(name="ensemble", args=args),
        input=spec,
        parameters=count_parameters(network),
        macs=count_macs(network, spec.channels, spec.size),
        config={"mode": mode, "weights": weights, "members": [run.name for run in members]},
        selection=_selection(members, mode, weights),
    )


def _member(run: Run, first: Run) -> dict[str, Any]:
    """A run as `ferkit.models.ensemble.Member`."""
    order = tuple(label_map(run.classes, first.classes).tolist())
    return {
        "name": run.manifest.model.name,
        "args": run.manifest.model.args,
        "input": run.manifest.input.model_dump(mode="json"),
        "order": () if order == tuple(range(len(order))) else order,
        **run.temperature.fields,
    }


def _input(members: list[Run]) -> InputSpec:
    """Values in [0, 1], as large as the largest member reads, in colour if one of them does."""
    inputs = [run.manifest.input for run in members]
    channels = max(spec.channels for spec in inputs)
    return InputSpec(
        size=max(spec.size for spec in inputs), channels=channels, mean=(0.0,) * channels, std=(1.0,) * channels
    )


def _selection(members: list[Run], mode: str, weights: str) -> str:
    text = f"{len(members)} finished runs, mean of {mode}, " + (
        "weights fitted on val" if weights == "val" else "equal weights"
    )
    if others := sorted({run.dataset for run in members} - {members[0].dataset}):
        text += f"; some trained on {', '.join(others)}, which may hold faces that are scored here"
    return text


def _check(members: list[Run], mode: str, weights: str) -> None:
    if len(members) < 2:
        raise RunError(f"An ensemble joins two runs or more; got {len(members)}.")
    if mode not in MODES or weights not in WEIGHTS:
        raise RunError(
            f"The mode is {' or '.join(MODES)}, the weights {' or '.join(WEIGHTS)}; got {mode!r} and {weights!r}."
        )
    if nested := [run.name for run in members if run.manifest.model.name == "ensemble"]:
        raise RunError(f"{nested[0]} is an ensemble itself. Join its members instead.")
    first = members[0]
    for run in members[1:]:
        folded = [sorted(name.strip().casefold() for name in member.classes) for member in (run, first)]
        if folded[0] != folded[1] or UNKNOWN in label_map(run.classes, first.classes):
            raise RunError(
                f"{run.name} has the classes {', '.join(run.classes)}, {first.name} {', '.join(first.classes)}. Join "
                "runs "
                "of the same classes."
            )


def _fitted(members: list[Run], mode: str) -> list[float]:
    """Softmax weights by the likelihood of val of the first run's dataset."""
    first = members[0]
    results = [run.results(first.dataset) for run in members]
    if missing := [run.name for run, result in zip(members, results, strict=True) if "val" not in result.scores]:
        raise RunError(
            f"{', '.join(missing)} has no scores on val of {first.dataset}. Make them: python -m ferkit evaluate "
            f"{missing[0]} --data {first.dataset}"
        )
    tables = [result.predictions("val") for result in results]
    if any(not table["id"].equals(tables[0]["id"]) for table in tables):
        raise RunError("The members were scored on different faces of val. Evaluate them again.")
    true = tables[0]["label"].to_numpy()
    logits = np.stack(
        [
            _calibrated(run, result)[:, label_map(run.classes, first.classes)]
            for run, result in zip(members, results, strict=True)
        ]
    )
    each = np.stack([metrics.softmax(z) for z in logits]) if mode == "probabilities" else logits

    def loss(free: np.ndarray) -> float:
        mean = np.tensordot(metrics.softmax(free[None])[0], each, 1)
        return metrics.negative_log_likelihood(mean if mode == "probabilities" else metrics.softmax(mean), true)

    best = minimize(loss, np.zeros(len(members)), method="Nelder-Mead").x
    return [float(share) for share in metrics.softmax(best[None])[0]]


def _calibrated(run: Run, result: Results) -> np.ndarray:
    """Logits of val over the run's temperature, (N, C)."""
    logits = result.logits("val")
    return logits / run.temperature.of(logits)
