"""Finished runs as one run: their networks and weights in one folder, which every page shows like any other."""

from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize

import ferkit
from ferkit import metrics, runs
from ferkit.errors import RunError
from ferkit.models import Input, build, count_macs, count_parameters, load, save
from ferkit.models.ensemble import MODES
from ferkit.runs import InputSpec, Manifest, ModelSpec, Run

__all__ = ["WEIGHTS", "join"]

WEIGHTS = ("equal", "val")


def join(
    found: list[Run], name: str, *, mode: str = "probabilities", weights: str = "equal", force: bool = False
) -> Run:
    """Write the ensemble of the runs to checkpoints/<name>; not yet scored.

    With `weights="val"` each member weighs what gives val the smallest negative log-likelihood, all weights being
    positive. Members' logits are divided by their temperatures first. Raises RunError for fewer than two runs, runs of
    other data, classes or colours, weights that are missing, or a name that is taken.
    """
    _check(found, mode, weights)
    path = runs.path_of(name)
    if path.exists() and not force:
        raise RunError(f"There is a run {name!r} already. Give another --name or replace it (--force).")
    first, shapes = found[0], [Input.of(run.manifest.input) for run in found]
    side = max(shape.side for shape in shapes)
    shape = Input(
        shapes[0].size, shapes[0].channels, shapes[0].mean, shapes[0].std, 0 if side == shapes[0].size else side
    )
    members = [
        {
            "name": run.manifest.model.name,
            "args": run.manifest.model.args,
            "side": own.side,
            "temperature": run.temperature,
        }
        for run, own in zip(found, shapes, strict=True)
    ]
    shares = _fitted(found, mode) if weights == "val" else [1 / len(found)] * len(found)
    args: dict[str, Any] = {"members": members, "weights": shares, "mode": mode}
    network = build("ensemble", len(first.classes), shape.channels, **args).eval()
    for member, run in zip(network.members, found, strict=True):  # type: ignore[arg-type]
        member.load_state_dict(load(run).state_dict())
    how = "weights fitted on val" if weights == "val" else "equal weights"
    manifest = Manifest(
        recipe="ensemble",
        status="finished",
        model=ModelSpec(name="ensemble", args=args),
        classes=first.classes,
        input=InputSpec(**asdict(shape)),
        parameters=count_parameters(network),
        macs=count_macs(network, shape.channels, shape.side),
        config={"mode": mode, "weights": weights, "members": [run.name for run in found]},
        selection=f"{len(found)} finished runs, mean of {mode}, {how}",
        data=first.manifest.data,
        seconds=sum(run.manifest.seconds for run in found),
        versions={"ferkit": ferkit.__version__, "torch": torch.__version__},
    )
    runs.clear(path)
    save(network, path / "model.safetensors")
    return runs.create(path, manifest)


def _check(found: list[Run], mode: str, weights: str) -> None:
    if len(found) < 2:
        raise RunError(f"An ensemble joins two runs or more; got {len(found)}.")
    if mode not in MODES or weights not in WEIGHTS:
        raise RunError(
            f"The mode is {' or '.join(MODES)}, the weights {' or '.join(WEIGHTS)}; got {mode!r} and {weights!r}."
        )
    if nested := [run.name for run in found if run.manifest.model.name == "ensemble"]:
        raise RunError(f"{nested[0]} is an ensemble itself. Join its members instead.")
    first = found[0]
    for run in found[1:]:
        here, there = run.manifest.input, first.manifest.input
        same = all(np.allclose(getattr(here, key), getattr(there, key)) for key in ("size", "channels", "mean", "std"))
        if run.classes != first.classes or run.manifest.data.fingerprint != first.manifest.data.fingerprint or not same:
            raise RunError(
                f"{run.name} and {first.name} were not trained on the same faces, classes and input. Join runs of one dataset."
            )


def _fitted(found: list[Run], mode: str) -> list[float]:
    """Softmax weights by the likelihood of val."""
    told = [run.results() for run in found]
    if missing := [run.name for run, results in zip(found, told, strict=True) if "val" not in results.scores]:
        raise RunError(f"{', '.join(missing)} has no scores on val. Make them: python -m ferkit evaluate {missing[0]}")
    true = told[0].predictions("val")["label"].to_numpy()
    logits = np.stack([results.logits("val") / run.temperature for run, results in zip(found, told, strict=True)])
    each = np.stack([metrics.softmax(z) for z in logits]) if mode == "probabilities" else logits

    def loss(free: np.ndarray) -> float:
        mean = np.tensordot(metrics.softmax(free[None])[0], each, 1)
        return metrics.negative_log_likelihood(mean if mode == "probabilities" else metrics.softmax(mean), true)

    return [
        float(share) for share in metrics.softmax(minimize(loss, np.zeros(len(found)), method="Nelder-Mead").x[None])[0]
    ]
