"""Evidence for all classes on a sample of faces: mean maps per class, and shares per part of the face."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from ferkit.evaluate.method_scores import Sample
from ferkit.explain.class_maps import class_maps
from ferkit.explain.contrast import against_others, of_class, pairwise_correlation
from ferkit.explain.evidence import EVIDENCE
from ferkit.explain.region_shares import region_shares
from ferkit.predict.classifier import Classifier

__all__ = ["gather_evidence"]

BATCH = 32


def gather_evidence(
    classifier: Classifier, sample: Sample, masks: np.ndarray, progress: Callable[[int, int], None]
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Arrays: mean maps over the faces predicted as each class, `gradcam` and `contrast <way>` (C, h, w), and per face
    and way its shares of evidence in the regions `masks`, bool (R, H, W). And the mean pairwise correlation of the
    classes' mean maps, by way."""
    classes, predicted = len(classifier.classes), sample.predicted
    arrays: dict[str, np.ndarray] = {
        "ids": sample.ids.astype(str),
        "label": sample.true.numpy().astype(np.int16),
        "predicted": predicted.numpy().astype(np.int16),
        "n": np.bincount(predicted.numpy(), minlength=classes).astype(np.int32),
    }
    plain = _batches(sample, lambda x: class_maps(sample.model, x).heat)
    arrays["gradcam"] = _means(classifier, of_class(plain, predicted), predicted, classes)
    correlations = {"gradcam": _correlation(arrays["gradcam"])}
    for done, way in enumerate(EVIDENCE):
        progress(done, len(EVIDENCE))
        evidence = _batches(sample, partial(_evidence, sample, way))
        contrast = against_others(evidence)
        arrays[f"contrast {way}"] = _means(classifier, _scaled(of_class(contrast, predicted)), predicted, classes)
        correlations[way] = _correlation(arrays[f"contrast {way}"])
        for name, maps in _three_questions(contrast, sample).items():
            arrays[f"{name} {way}"] = region_shares(_framed(classifier, maps), masks).astype(np.float32)
    return arrays, correlations


def _evidence(sample: Sample, way: str, x: Tensor) -> Tensor:
    return EVIDENCE[way](sample.model, x, sample.reference)


def _three_questions(contrast: Tensor, sample: Sample) -> dict[str, Tensor]:
    """Where the evidence is for the true class, for the predicted one, and for the predicted rather than the true."""
    true, predicted = of_class(contrast, sample.true), of_class(contrast, sample.predicted)
    return {"shares_true": true, "shares_predicted": predicted, "shares_against": predicted - true}


def _batches(sample: Sample, work: Callable[[Tensor], Tensor]) -> Tensor:
    return torch.cat([work(x).detach() for x in sample.x.split(BATCH)])


def _scaled(maps: Tensor) -> Tensor:
    """Each face counts the same in a mean."""
    return maps / maps.abs().amax((1, 2), keepdim=True).clamp(min=1e-12)


def _framed(classifier: Classifier, maps: Tensor) -> np.ndarray:
    return classifier.input.frame(maps).numpy()  # type: ignore[no-any-return]


def _means(classifier: Classifier, maps: Tensor, classes: Tensor, n: int) -> np.ndarray:
    """Of maps (N, h, w), over the faces of each class: float16 (n, h, w); zeros where there is none."""
    means = [maps[classes == c].mean(0) if (classes == c).any() else torch.zeros_like(maps[0]) for c in range(n)]
    return _framed(classifier, torch.stack(means)).astype(np.float16)


def _correlation(means: np.ndarray) -> float:
    return pairwise_correlation(torch.from_numpy(means.astype(np.float32)))
