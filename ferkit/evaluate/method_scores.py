"""Methods of explanation scored on one sample of faces: faithfulness, ROAD, sensitivity, randomisation, time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ferkit.explain.faithfulness import BASELINES, Faithfulness, faithfulness
from ferkit.explain.method import Explanation, Method
from ferkit.explain.methods import METHODS
from ferkit.explain.randomisation import correlations, shuffled
from ferkit.explain.road import road
from ferkit.explain.sensitivity import sensitivity
from ferkit.explain.stored import MethodScore
from ferkit.explain.verdict import Advantage, advantage, sentence
from ferkit.models import Network

__all__ = ["Sample", "score_baselines", "score_methods"]

BATCH = 16  # faces
CHECKED = 12  # faces on which sensitivity and randomisation are measured
TITLES = {"centre": "Blob in the middle", "random": "Smooth noise"}  # of baselines


@dataclass(frozen=True, eq=False)
class Sample:
    """Faces to explain, with the network that reads them."""

    model: Network  # of the caller's own
    x: Tensor  # (N, C, H, W), prepared
    true: Tensor  # int64 (N,)
    predicted: Tensor  # int64 (N,)
    reference: Tensor  # (1, C, H, W), the mean face
    ids: np.ndarray  # (N,)

    def __len__(self) -> int:
        return len(self.x)

    def spread(self, n: int) -> "Sample":
        """About `n` of them, from the first to the last in even steps, so that every class has its share."""
        rows = np.unique(np.linspace(0, len(self) - 1, min(n, len(self))).round().astype(int))
        by_class = torch.argsort(self.true, stable=True)[rows]
        parts = {key: getattr(self, key)[by_class] for key in ("x", "true", "predicted")}
        return replace(self, ids=self.ids[by_class.numpy()], **parts)

    def batches(self) -> Iterator["Sample"]:
        for start in range(0, len(self), BATCH):
            parts = {key: getattr(self, key)[start : start + BATCH] for key in ("x", "true", "predicted", "ids")}
            yield replace(self, **parts)


def score_baselines(sample: Sample) -> dict[str, MethodScore]:
    """The blob in the middle, and noise."""
    side = sample.x.shape[2]
    maps = {name: make(len(sample), side) for name, make in BASELINES.items()}
    centre = _faithful(sample, maps["centre"]).score
    return {
        name: MethodScore(
            **_measured(sample, found, centre), title=TITLES[name], randomisation_correlation=1.0, sensitivity=0.0
        )
        for name, found in maps.items()
    }


def score_methods(sample: Sample, progress: Callable[[int, int], None]) -> dict[str, MethodScore]:
    """Every method that supports the network, on the class that it predicts."""
    scrambled = shuffled(sample.model)
    centre = _faithful(sample, BASELINES["centre"](len(sample), sample.x.shape[2])).score
    usable = [method for method in METHODS.values() if method.supports(sample.model)]
    scores = {}
    for done, method in enumerate(usable):
        progress(done, len(usable))
        scores[method.name] = _score(method, sample, scrambled, centre)
    progress(len(usable), len(usable))
    return scores


def _score(method: Method, sample: Sample, scrambled: Network, centre: Tensor) -> MethodScore:
    began = time.process_time()  # what else runs on the machine does not count
    found = _explained(method, sample, sample.model)
    milliseconds = 1000 * (time.process_time() - began) / len(sample)
    few = sample.spread(CHECKED)
    shown, noise = _explained(method, few, few.model), _explained(method, few, scrambled)
    similar = correlations(shown.maps, noise.maps)[shown.drawable]
    changes = sensitivity(method, few.model, few.x, few.predicted, few.reference, maps=shown.maps)[shown.drawable]
    measured = _measured(sample, found.maps, centre)
    randomisation = _mean(similar)
    return MethodScore(
        **measured,
        title=method.title,
        randomisation_correlation=randomisation,
        sensitivity=_mean(changes),
        ms_per_face=round(milliseconds, 2),
        degenerate=int((~found.drawable).sum()),
        sentence=sentence(method.title, Advantage(*measured["over_centre"]), randomisation),
    )


def _explained(method: Method, sample: Sample, model: Network) -> Explanation:
    parts = [method.maps(model, part.x, part.predicted, part.reference) for part in sample.batches()]
    problems = tuple(problem for part in parts for problem in part.problems)
    return Explanation(torch.cat([p.maps for p in parts]), problems, torch.cat([p.peaks for p in parts]))


def _faithful(sample: Sample, maps: Tensor) -> Faithfulness:
    parts = [
        faithfulness(part.model, part.x, part.predicted, some, part.reference)
        for part, some in zip(sample.batches(), maps.split(BATCH), strict=True)
    ]
    return Faithfulness(torch.cat([p.deletion for p in parts]), torch.cat([p.insertion for p in parts]))


def _measured(sample: Sample, maps: Tensor, centre: Tensor) -> dict:
    faithful = _faithful(sample, maps)
    removed = [
        road(part.model, part.x, part.predicted, some)
        for part, some in zip(sample.batches(), maps.split(BATCH), strict=True)
    ]
    over = advantage(faithful.score.numpy(), centre.numpy())
    spread = (over.low, over.high) if np.isfinite(over.low) else (-1.0, 1.0)  # one face: anything is possible
    return {
        "deletion_auc": round(float(faithful.deletion_auc.mean()), 4),
        "insertion_auc": round(float(faithful.insertion_auc.mean()), 4),
        "road": round(float(torch.cat(removed).mean()), 4),
        "over_centre": (round(over.mean, 4), round(spread[0], 4), round(spread[1], 4)),
    }


def _mean(values: Tensor) -> float | None:
    finite = values[values.isfinite()]
    return round(float(finite.mean()), 4) if len(finite) else None
