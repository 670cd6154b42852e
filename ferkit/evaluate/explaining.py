"""What a run looks at, measured on a sample of a split and stored.  $ python -m ferkit explain RUN

The sample is drawn evenly over the true classes. Evidence for all classes is gathered on all of it; the methods, which
cost a thousand passes a face, are scored on as many faces of it as `BUDGET` seconds allow.
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from ferkit.data.faces import Faces
from ferkit.errors import DataError
from ferkit.evaluate.evidence import gather_evidence
from ferkit.evaluate.labels import UNKNOWN, label_map
from ferkit.evaluate.method_scores import Sample, score_baselines, score_methods
from ferkit.explain.evidence import EVIDENCE
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.region_shares import by_class
from ferkit.explain.replica import replica
from ferkit.explain.stored import ContrastScore, MethodScore, Record, write
from ferkit.explain.verdict import ALIKE, Advantage, choose_contrast, summary
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run

__all__ = ["CONTRASTS", "PER_CLASS", "draw_sample", "explain_run"]

CONTRASTS = {"last maps": "contrast-last", "conductance": "contrast", "hiding": "contrast-hiding"}  # way -> method
PER_CLASS = 30  # faces of each true class
BUDGET = 45.0  # seconds for scoring methods
PASSES = 1100  # forward passes that scoring all methods takes per face
LEAST, MOST = 12, 96  # faces on which methods are scored
BATCH = 32
Progress = Callable[[str, int, int], None]  # stage, done, in all


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
    arrays, contrasts = gather_evidence(
        classifier, sample, regions.masks, lambda done, total: report("evidence", done, total)
    )
    few = sample.spread(per_method or _affordable(classifier, sample))
    baselines = score_baselines(few)
    methods = score_methods(few, lambda done, total: report("methods", done, total))
    record = _record(run, part, split, sample, few, arrays, contrasts, methods, baselines)
    record = record.model_copy(
        update={"regions_found": regions.found, "seconds": round(time.perf_counter() - began, 1)}
    )
    write(run, record, {**arrays, "mean_face": np.rint(part.images.mean(0)).astype(np.uint8), "masks": regions.masks})
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
    sample: Sample,
    few: Sample,
    arrays: dict[str, np.ndarray],
    correlations: dict[str, float],
    methods: dict[str, MethodScore],
    baselines: dict[str, MethodScore],
) -> Record:
    ways = {way: Advantage(*methods[method].over_centre) for way, method in CONTRASTS.items()}
    apart = {way: correlations[way] for way in CONTRASTS if correlations[way] == correlations[way]}
    chosen = choose_contrast(apart, ways)
    shown = chosen or "conductance"
    for name in ("shares_true", "shares_predicted", "shares_against"):
        arrays[name] = arrays[f"{name} {shown}"]
        for way in EVIDENCE:
            del arrays[f"{name} {way}"]
    shares = by_class(arrays["shares_true"].astype(np.float64), arrays["label"], len(run.classes)).mean
    scores = {**methods, **baselines}
    title = CONTRASTS[chosen] if chosen else ""
    return Record(
        run=run.name,
        data=part.name,
        split=split,
        n=len(sample),
        faces_per_method=len(few),
        mean_pairwise_correlation={
            "gradcam": _number(correlations["gradcam"]),
            "contrastive": _number(correlations[shown]),
        },
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
        summary=summary(title, correlations[shown], correlations["gradcam"]),
        methods=methods,
        baselines=baselines,
        ranking=tuple(sorted(scores, key=lambda name: scores[name].deletion_auc - scores[name].insertion_auc)),
        regions={
            name: {region: _number(float(value)) for region, value in zip(REGIONS, row, strict=True)}
            for name, row in zip(run.classes, shares, strict=True)
        },
        fingerprint=part.fingerprint,
    )


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
