"""Train a run again from its manifest, and measure how far the second strays from the first.

    again = reproduce(open_run("mine"), faces, path_of("mine-again"))
    again.sentence  # "mine-again has the weights of mine, bit for bit."

The same faces, settings and seed give the same weights on one machine; another processor, or another number of threads,
rounds differently, and small differences grow with every step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate.compare import Paired, paired
from ferkit.evaluate.evaluation import evaluate
from ferkit.experiments.train_and_score import unscored_teachers
from ferkit.runs import Run
from ferkit.train import corrected
from ferkit.train.config import TrainConfig, parse
from ferkit.train.fit import fit
from ferkit.train.loop import Epoch

__all__ = ["Reproduction", "check", "compared", "reproduce"]


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A run and the one trained again from its manifest."""

    first: Run
    again: Run
    difference: float | None  # largest absolute difference of a weight; None where the first has none here
    score: Paired | None  # again against first on val; None where the first is not scored there
    changed: int  # val faces predicted as another class
    versions: dict[str, tuple[str, str]]  # libraries whose version differs: of the first, of the second

    @property
    def sentence(self) -> str:
        """How far it strays, in one or two sentences."""
        if self.difference is None:
            start = f"{self.first.name} has no weights here to compare"
        elif self.difference == 0:
            start = f"{self.again.name} has the weights of {self.first.name}, bit for bit"
        else:
            start = f"Its weights differ from those of {self.first.name} by at most {self.difference:.2g}"
        return f"{start}. {self._scored()}"

    def _scored(self) -> str:
        if self.score is None:
            return f"{self.first.name} is not scored on val."
        if not self.changed:
            return f"All {self.score.n:,} val faces are predicted the same."
        low, high = (100 * end for end in self.score.accuracy_interval)
        points = f"{100 * self.score.accuracy:+.1f} points [{low:+.1f}, {high:+.1f}]".replace("-", "−")
        return f"{self.changed:,} of {self.score.n:,} val faces are predicted otherwise: accuracy {points}."


def check(run: Run, faces: Faces) -> TrainConfig:
    """The settings to train it again with. Raises RunError where its manifest cannot give the run again: it was not
    trained by itself, or the faces are others."""
    manifest = run.manifest
    if manifest.crossval or "members" in manifest.config or not manifest.config:
        raise RunError(f"{run.name} is made of other runs, not trained by itself: its report names the command for it.")
    if manifest.calibration:
        raise RunError(f"{run.name} was given class offsets after its training: its report names the command for it.")
    if manifest.status == "training":
        raise RunError(f"{run.name} is still being trained. Reproduce it when it is finished.")
    if manifest.data.fingerprint != faces.fingerprint:
        raise RunError(
            f"Expected the faces {run.name} was trained on ({manifest.data.fingerprint}), got {faces.name!r} with the "
            f"fingerprint {faces.fingerprint}. Import them as they were: see ferkit data diff."
        )
    return parse(manifest.config)


def reproduce(
    run: Run, faces: Faces, path: Path, on_epoch: Callable[[Epoch], None] = lambda epoch: None
) -> Reproduction:
    """Train the run again into the folder `path` and score it on val. Raises what `check` and `fit` raise."""
    config, correct = check(run, faces), corrected.resumed(run, faces)
    for teacher in unscored_teachers(config, faces):
        evaluate(teacher, faces, "train", maps=False)
    origin = {"recipe": run.manifest.recipe}
    again = fit(config, faces, path, replace=False, origin=origin, correct=correct, on_epoch=on_epoch)
    evaluate(again, faces, "val", maps=False)
    return compared(run, again)


def compared(first: Run, again: Run) -> Reproduction:
    """How far a run strays from another that should be the same. Raises RunError for results that do not fit."""
    difference = _difference(first, again) if first.weights.is_file() else None
    score, changed = None, 0
    if "val" in first.manifest.scores:
        tables = [run.results().predictions("val") for run in (first, again)]
        if not tables[0]["id"].equals(tables[1]["id"]):
            raise RunError(f"{first.name} and {again.name} are not scored on the same val faces. Evaluate both again.")
        logits = [run.results().logits("val") for run in (first, again)]
        score = paired(logits[0], logits[1], tables[0]["label"].to_numpy())
        changed = int((logits[0].argmax(1) != logits[1].argmax(1)).sum())
    before, now = first.manifest.versions, again.manifest.versions
    versions = {name: (before[name], now[name]) for name in before if name in now and before[name] != now[name]}
    return Reproduction(first, again, difference, score, changed, versions)


def _difference(first: Run, again: Run) -> float:
    """The largest absolute difference of two runs' weights; infinite where they have other shapes."""
    a, b = load_file(first.weights), load_file(again.weights)
    if {key: value.shape for key, value in a.items()} != {key: value.shape for key, value in b.items()}:
        return float("inf")
    if all(torch.equal(a[key], b[key]) for key in a):
        return 0.0
    return max(float(np.abs((a[key].double() - b[key].double()).numpy()).max(initial=0.0)) for key in a)
