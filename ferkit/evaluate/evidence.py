"""Evidence for all classes on a sample of faces: mean maps per group and class, and shares per part of the face."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.evaluate.groups_of_faces import cells, means
from ferkit.evaluate.method_scores import Sample
from ferkit.explain.class_maps import class_maps
from ferkit.explain.contrast import against_others, of_class, pairwise_correlation
from ferkit.explain.evidence import EVIDENCE
from ferkit.explain.region_shares import region_shares
from ferkit.explain.stored import KINDS
from ferkit.predict.classifier import Classifier

__all__ = ["gather_evidence", "pairwise_correlations"]

STORED = 24  # pixels a side of a stored map, at most
Progress = Callable[[int, int], None]


def pairwise_correlations(classifier: Classifier, sample: Sample, progress: Progress) -> dict[str, float]:
    """How alike the mean maps over the faces predicted as each class are, nothing subtracted: of Grad-CAM and of every
    way to contrast classes."""
    ways: dict[str, Callable[[Sample], Tensor]] = {"gradcam": lambda part: class_maps(part.model, part.x).heat}
    ways |= {way: partial(_contrast, way=way) for way in EVIDENCE}
    found = {}
    for done, (name, work) in enumerate(ways.items()):
        progress(done, len(ways))
        maps = torch.cat([_scaled(of_class(work(part).detach(), part.predicted)) for part in sample.batches()])
        each = [maps[sample.predicted == c] for c in range(len(classifier.classes))]
        found[name] = pairwise_correlation(torch.stack([part.mean(0) for part in each if len(part)]))
    return found


def gather_evidence(
    classifier: Classifier, sample: Sample, way: str, masks: np.ndarray, progress: Progress
) -> dict[str, np.ndarray]:
    """What `read_evidence` describes, by one way of `EVIDENCE`, in the regions `masks`, bool (R, H, W)."""
    parts, done = [], 0
    for part in sample.batches():
        progress(done, len(sample))
        parts.append(_of_batch(classifier, part, way, masks))
        done += len(part)
    faces = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    true, predicted = sample.true.numpy(), sample.predicted.numpy()
    arrays = {"ids": sample.ids.astype(str), "label": true.astype(np.int16), "predicted": predicted.astype(np.int16)}
    arrays |= {name: faces[name] for name in faces if name.startswith("shares_")}
    for kind in KINDS:
        own = {"label": faces[f"{kind} label"], "predicted": faces[f"{kind} predicted"]}
        arrays[kind], arrays["n"] = means(own, true, predicted, len(classifier.classes))
    return arrays | cells(faces["rather"], true, predicted)


def _contrast(part: Sample, way: str) -> Tensor:
    return against_others(EVIDENCE[way](part.model, part.x, part.reference))


def _of_batch(classifier: Classifier, part: Sample, way: str, masks: np.ndarray) -> dict[str, np.ndarray]:
    """Small maps and shares of each face."""
    evidence = EVIDENCE[way](part.model, part.x, part.reference).detach()
    contrast = against_others(evidence)
    maps = {"own": evidence, "contrast": contrast}
    classes = {"label": part.true, "predicted": part.predicted}
    small = {f"{kind} {of}": of_class(maps[kind], target) for kind in KINDS for of, target in classes.items()}
    rather = small["contrast predicted"] - small["contrast label"]
    questions = {"true": small["contrast label"], "predicted": small["contrast predicted"], "against": rather}
    shares = {
        f"shares_{name}": region_shares(_framed(classifier, asked), masks).astype(np.float16)
        for name, asked in questions.items()
    }
    return shares | {name: _small(classifier, found) for name, found in {**small, "rather": rather}.items()}


def _scaled(maps: Tensor) -> Tensor:
    """Each face counts the same in a mean."""
    return maps / maps.abs().amax((1, 2), keepdim=True).clamp(min=1e-12)


def _framed(classifier: Classifier, maps: Tensor) -> np.ndarray:
    return classifier.input.frame(maps).numpy()  # type: ignore[no-any-return]


def _small(classifier: Classifier, maps: Tensor) -> np.ndarray:
    """Maps (N, h, w) of the whole face, at most `STORED` pixels a side, each face on one scale."""
    framed = classifier.input.frame(_scaled(maps))
    side = min(STORED, framed.shape[1])
    return F.interpolate(framed[:, None], (side, side), mode="area")[:, 0].numpy()  # type: ignore[no-any-return]
