"""A run whose head has class offsets added to its bias: the same network at the same cost, fairer to its weak classes.

Everything that reads the run reads its logits with the offsets, so nothing else has to know of them.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from ferkit import metrics
from ferkit.errors import RunError
from ferkit.evaluate.calibration import Calibration, CrossValidation
from ferkit.evaluate.logit_adjustment import stored_offsets
from ferkit.experiments.combined import check_free, write
from ferkit.models import load
from ferkit.runs import ClassOffsets, HeldOut, Run

__all__ = ["check", "described", "with_offsets"]

COPIED = ("history.csv", "corrections.csv")  # of the training, which stays what it was


def check(run: Run, name: str = "", *, force: bool = False) -> None:
    """Raise RunError for a run that has no head to add offsets to or is being trained; and for a name that is taken,
    unless the run there is to be replaced."""
    if run.manifest.model.name == "ensemble":
        raise RunError(f"{run.name} is an ensemble without a head of its own. Calibrate its members, then join those.")
    if run.manifest.status == "training":
        raise RunError(f"{run.name} is still being trained. Calibrate it when it is finished.")
    if name:
        check_free(name, force)


def described(run: Run, fitted: Calibration, scores: CrossValidation, plain: CrossValidation) -> ClassOffsets:
    """Offsets that were `fitted` on all of val, with the cross-validated scores of such offsets and of a temperature
    alone (`plain`), for the manifest."""
    return ClassOffsets(
        run=run.name,
        cost=fitted.cost,
        tau=fitted.tau,
        offsets=dict(zip(run.classes, fitted.offsets, strict=True)),
        held_out=_held_out(run, scores),
        without=_held_out(run, plain),
    )


def _held_out(run: Run, scores: CrossValidation) -> HeldOut:
    return HeldOut(
        folds=len(scores.folds),
        seed=scores.seed,
        accuracy=scores.accuracy,
        macro_f1=scores.macro_f1,
        balanced_accuracy=float(metrics.balanced_accuracy(scores.confusion)),
        g_mean=scores.g_mean,
        ece=scores.ece,
        nll=scores.nll,
        recall=dict(zip(run.classes, scores.recall.tolist(), strict=True)),
    )


def with_offsets(run: Run, name: str, calibration: ClassOffsets, *, force: bool = False) -> Run:
    """Write the run with these offsets in its weights, and no others, to checkpoints/<name>, not yet scored; with
    `force` in the place of a run of that name, which may be `run` itself. Raises RunError as `check`."""
    check(run, name, force=force)
    network, manifest, before = load(run), run.manifest, run.manifest.calibration
    head = getattr(network, "head", None)
    if not isinstance(head, nn.Linear) or head.bias is None:
        raise RunError(f"{run.name} ends in no linear layer with a bias, so offsets have no place in its weights.")
    with torch.no_grad():
        change = np.array([calibration.offsets[label] for label in run.classes]) - stored_offsets(run, run.classes)
        head.bias.add_(torch.from_numpy(change).to(head.bias.dtype))
    selection = [part for part in manifest.selection.split("; ") if part and not (before and part == _fitted(before))]
    plain: dict[str, Any] = {"scores": {}, "crossval": None, **metrics.UNCALIBRATED.fields}
    changed = manifest.replace(
        **plain, calibration=calibration, selection="; ".join([*selection, _fitted(calibration)])
    )
    return write([run], name, network, changed, COPIED)


def _fitted(offsets: ClassOffsets) -> str:
    return f"{offsets.kind} fitted on {offsets.split}"
