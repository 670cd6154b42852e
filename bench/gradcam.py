"""Grad-CAM for 7,178 faces in at most 20 s, and at least 3 times as fast as plain loops over captum and
pytorch-grad-cam; the maps of all classes of a face at least 3 times as fast as their loops over batches.

    $ python -m bench.gradcam
    $ python -m bench.gradcam --faces 64 --subset 8 --repeats 1     # does it run? no measurement

All explain the predicted class at the same layer of the same network, and all begin with uint8 faces. The peers run on
a subset, in turn with ours on that subset: as a plain loop, one face at a time, and also in our batches, which is the
fairest they can get. For all classes they go through their batches once per class, and ours once.
"""

from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np
import torch

from bench import subjects, timing
from bench.cam_peers import PEERS, Attribute, gradcam_of
from bench.timing import Claim, Report, Sample, combine
from ferkit.models import Input
from ferkit.predict.classifier import BATCH, Classifier

__all__ = ["main", "measure"]

LIMIT = 20.0  # seconds
FASTER = 3.0
PACKAGES = ("torch", "captum", "grad-cam")
Explain = Callable[[np.ndarray], np.ndarray]  # uint8 (N, H, W[, 3]) -> (N, h, w)


def measure(repeats: int, faces: int, subset: int) -> Report:
    """Ours on all faces; ours and the peers on the first `subset` of them, and how alike their maps are."""
    part, note = subjects.faces(faces)
    subject = subjects.subject()
    classifier, few = subject.classifier, part.images[:subset]
    seconds_of_all = timing.alternate({"all": lambda: classifier.analyse(part.images)}, repeats)["all"]
    ways = _ways(classifier, few)
    seconds = timing.alternate({name: partial(way, few) for name, way in ways.items()}, repeats)
    compared = [
        timing.ratios(f"times as fast as {name}", seconds["ours"], seconds[name]) for name in seconds if name != "ours"
    ]
    claims = [
        Claim(f"Grad-CAM for {faces:,} faces, {subjects.RECIPE}", combine("", "s", seconds_of_all).median, LIMIT, "s"),
        *(
            Claim(f"Grad-CAM, {sample.what}", sample.median, FASTER, "x", least=True)
            for sample in compared
            if "batches" not in sample.what
        ),
    ]
    every = _all_classes(classifier)
    seconds_every = timing.alternate({name: partial(way, few) for name, way in every.items()}, repeats)
    faster = [
        timing.ratios(f"all classes, times as fast as {name} in batches", seconds_every["ours"], seconds_every[name])
        for name in PEERS
    ]
    claims += [Claim(f"Grad-CAM, {sample.what}", sample.median, FASTER, "x", least=True) for sample in faster]
    samples = [
        combine(f"ours, {faces:,} faces: logits, features and maps", "s", seconds_of_all),
        *_each(seconds, len(few)),
        *compared,
        *_each({f"all classes, {name}": values for name, values in seconds_every.items()}, len(few)),
        *faster,
    ]
    return Report(
        "gradcam",
        repeats,
        [*samples, *_agreements(ways, few, classifier.input)],
        claims,
        _notes(subject.note, note, len(few)),
        PACKAGES,
    )


def _ways(classifier: Classifier, images: np.ndarray) -> dict[str, Explain]:
    """Ours, and each peer in a plain loop and in batches. The peers are handed the predicted classes, which spares them
    a pass."""
    predicted = classifier.logits(images).argmax(1)
    ways: dict[str, Explain] = {"ours": lambda few: classifier.analyse(few).maps}
    for name in PEERS:
        ways[f"{name}, a face at a time"] = _of(gradcam_of(name, classifier, 1), predicted)
        ways[f"{name}, in batches of {BATCH}"] = _of(gradcam_of(name, classifier, BATCH), predicted)
    return ways


def _all_classes(classifier: Classifier) -> dict[str, Explain]:
    """Ours, and each peer in batches, once per class: heat maps (N, C, h, w)."""
    classes = range(len(classifier.classes))
    ways: dict[str, Explain] = {"ours": lambda few: np.maximum(classifier.evidence(few), 0)}
    for name in PEERS:
        ways[name] = _each_class(gradcam_of(name, classifier, BATCH), classes)
    return ways


def _of(attribute: Attribute, classes: np.ndarray) -> Explain:
    return lambda few: attribute(few, classes)


def _each_class(attribute: Attribute, classes: Sequence[int]) -> Explain:
    return lambda few: np.stack([attribute(few, np.full(len(few), c)) for c in classes], 1)


def _each(seconds: dict[str, list[float]], n: int) -> list[Sample]:
    return [
        combine(f"{name}, per face", "ms", [1000 * value / n for value in values]) for name, values in seconds.items()
    ]


def _agreements(ways: dict[str, Explain], images: np.ndarray, shape: Input) -> list[Sample]:
    """Pearson's r of our map of a face and a peer's, over what the network reads of it, for every face whose maps are
    not flat."""
    ferkit_maps = torch.from_numpy(ways["ours"](images)).float()
    if ferkit_maps.shape[1] == shape.size:  # framed by what the network does not read
        ferkit_maps = shape.centre(ferkit_maps[:, None])[:, 0]
    samples = []
    for name in PEERS:
        theirs = ways[f"{name}, in batches of {BATCH}"](images)
        pairs = [
            (_grown(a, shape.side), _grown(b, shape.side)) for a, b in zip(ferkit_maps.numpy(), theirs, strict=True)
        ]
        correlations = [float(np.corrcoef(a, b)[0, 1]) for a, b in pairs if a.std() > 0 and b.std() > 0]
        if correlations:
            samples.append(
                combine(f"agreement of our maps with {name}'s, {len(correlations):,} faces", "r", correlations)
            )
    return samples


def _grown(heat: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(heat.astype(np.float32), (side, side), interpolation=cv2.INTER_LINEAR).ravel()


def _notes(subject: str, note: str, n: int) -> list[str]:
    return [
        subject,
        note,
        f"the peers ran on {n:,} faces, in turn with ours on the same ones; times per face are those divided by {n:,}",
        "a peer is handed the predicted classes; ours finds them, and gives logits and features too",
        "agreement is over faces, not over repeats",
    ]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, faces=7178, subset=512)


if __name__ == "__main__":
    main()
