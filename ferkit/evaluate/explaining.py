"""What a run looks at, measured on a sample of a split and stored.  $ python -m ferkit explain RUN

The sample is drawn evenly over the true classes. The methods, which cost a thousand passes a face, are scored on as
many faces of it as `BUDGET` seconds allow; the ways to contrast classes are compared on some; by the way that is both
faithful and different, evidence for all classes is then gathered on all of it.
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from ferkit.data.faces import Faces
from ferkit.errors import DataError
from ferkit.evaluate.evidence import gather_evidence, pairwise_correlations
from ferkit.evaluate.labels import UNKNOWN, label_map
from ferkit.evaluate.method_scores import Sample, score_baselines, score_methods
from ferkit.evaluate.part_effects import measure_parts
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.region_shares import by_class
from ferkit.explain.replica import replica
from ferkit.explain.stored import COMMON, ContrastScore, MethodScore, Record, write
from ferkit.explain.verdict import ALIKE, Advantage, choose_contrast, summary
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run

__all__ = ["CONTRASTS", "PER_CLASS", "draw_sample", "explain_run"]

CONTRASTS = {"last maps": "contrast-last", "conductance": "contrast", "hiding": "contrast-hiding"}  # way -> method
TITLES = {
    "last maps": "the contrast of its last maps",
    "conductance": "the contrast by conductance",
    "hiding": "the contrast by hiding parts of the face",
}
PER_CLASS = 150  # faces of each true class
COMPARED = 30  # faces for each class on which the ways to contrast them are compared
BUDGET = 45.0  # seconds for scoring methods
PASSES = 1100  # forward passes that scoring all methods takes per face
LEAST, MOST = 12, 96  # faces on which methods are scored
BATCH = 32
Progress = Callable[[str, int, int], None]  # stage: "contrasts", "methods", "evidence"; done, in all


def explain_run(
    run: Run,
    faces: Faces,
    split: str,
    *,
    per_class: int = PER_CLASS,
    per_method: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Record:
    """Score the methods of explanation and the contrasts on a sample of a split of `faces`, store both in the run's
    folder and return the scores.

    `per_class` faces of each class are sampled; methods are scored on `per_method` of them, as many as fit in `BUDGET`
    seconds when None. Raises DataError for an unknown split or one without a class that the run has; RunError for
    missing weights.
    """
    began, report = time.perf_counter(), progress or (lambda stage, done, total: None)
    part = faces.split(split)
    classifier = Classifier.open(run)
    sample = draw_sample(run, classifier, part, per_class, seed)
    regions = face_regions(np.rint(part.images.mean(0)))
    some, few = sample.spread(COMPARED * len(run.classes)), sample.spread(per_method or _affordable(classifier, sample))
    apart = pairwise_correlations(classifier, some, lambda done, total: report("contrasts", done, total))
    methods = score_methods(few, lambda done, total: report("methods", done, total))
    record = _record(run, part, split, apart, methods, score_baselines(few))
    arrays = _evidence(classifier, sample, record.shown, regions.masks, lambda *done: report("evidence", *done))
    record = record.model_copy(
        update={
            "n": len(sample),
            "faces_per_method": len(few),
            "faces_per_contrast": len(some),
            "regions": _regions(arrays, run.classes),
            "regions_found": regions.found,
            "seconds": round(time.perf_counter() - began, 1),
        }
    )
    write(run, record, {**arrays, "mean_face": np.rint(part.images.mean(0)).astype(np.uint8), "masks": regions.masks})
    measure_parts(run, classifier, part, split, sample, regions.masks)
    return record


def draw_sample(run: Run, classifier: Classifier, part: Faces, per_class: int, seed: int) -> Sample:
    """At most `per_class` faces of each class of the run, with the mean face of `part`. Raises DataError where it has
    none."""
    labels = label_map(run.classes, part.classes)[part.labels]
    known = np.flatnonzero(labels != UNKNOWN)
    if not len(known):
        raise DataError(f"No face of {part.name!r} is of a class that {run.name} knows. Choose another split.")
    order = np.random.default_rng(seed).permutation(known)
    rows = np.sort(np.concatenate([order[labels[order] == c][:per_class] for c in range(len(run.classes))]))
    reference = classifier.prepare(np.rint(part.images.mean(0)).astype(np.uint8)[None])
    logits = classifier.logits(part.images[rows])
    return Sample(
        model=replica(classifier.quick),
        x=classifier.prepare(part.images[rows]),
        true=torch.from_numpy(labels[rows].astype(np.int64)),
        predicted=torch.from_numpy(logits.argmax(1)),
        reference=reference,
        ids=part.ids[rows],
    )


def _affordable(classifier: Classifier, sample: Sample) -> int:
    """On how many faces methods can be scored within the budget on this machine, one core."""
    x = sample.x[:BATCH]
    with torch.inference_mode():
        sample.model(x)
        began = time.process_time()
        sample.model(x)
    cost = PASSES * (time.process_time() - began) / len(x)
    return int(np.clip(BUDGET / max(cost, 1e-6), LEAST, MOST))


def _record(
    run: Run,
    part: Faces,
    split: str,
    correlations: dict[str, float],
    methods: dict[str, MethodScore],
    baselines: dict[str, MethodScore],
) -> Record:
    """The record but for what the evidence gives."""
    ways = {way: Advantage(*methods[method].over_centre) for way, method in CONTRASTS.items()}
    apart = {way: correlations[way] for way in CONTRASTS if correlations[way] == correlations[way]}
    chosen = choose_contrast(apart, ways)
    shown = chosen or COMMON
    scores = {**methods, **baselines}
    gradcam = correlations["gradcam"]
    return Record(
        run=run.name,
        data=part.name,
        split=split,
        n=0,
        faces_per_method=0,
        mean_pairwise_correlation={"gradcam": _number(gradcam), "contrastive": _number(correlations[shown])},
        contrasts={
            way: ContrastScore(
                correlation=_number(correlations[way]),
                method=method,
                different=correlations[way] < ALIKE,
                faithful=ways[way].low > 0,
            )
            for way, method in CONTRASTS.items()
        },
        chosen=chosen,
        shown=shown,
        summary=summary(TITLES.get(chosen, ""), correlations[shown], gradcam),
        methods=methods,
        baselines=baselines,
        ranking=tuple(sorted(scores, key=lambda name: scores[name].deletion_auc - scores[name].insertion_auc)),
        regions={},
        fingerprint=part.fingerprint,
    )


def _evidence(
    classifier: Classifier, sample: Sample, way: str, masks: np.ndarray, progress: Callable[[int, int], None]
) -> dict[str, np.ndarray]:
    """By the way of the run; and shares by the one way that all runs have, so that two runs can be compared."""
    arrays = gather_evidence(classifier, sample, way, masks, progress)
    common = arrays if way == COMMON else gather_evidence(classifier, sample, COMMON, masks, progress)
    return {**arrays, "shares_common": common["shares_true"]}


def _regions(arrays: dict[str, np.ndarray], classes: tuple[str, ...]) -> dict[str, dict[str, float | None]]:
    """Mean share of the evidence for the true class, per true class."""
    shares = by_class(arrays["shares_true"].astype(np.float64), arrays["label"], len(classes)).mean
    return {
        name: {region: _number(float(value)) for region, value in zip(REGIONS, row, strict=True)}
        for name, row in zip(classes, shares, strict=True)
    }


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
