"""A record and evidence of a run, drawn at random, as `ferkit explain` stores them; for pages that show them."""

import numpy as np

from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.stored import GROUPS, ContrastScore, MethodScore, Record, write
from ferkit.runs import Run

__all__ = ["store_explanation"]


def _score(title: str, mean: float) -> MethodScore:
    better = mean > 0.05
    return MethodScore(
        title=title,
        deletion_auc=0.2,
        insertion_auc=0.5,
        road=0.3,
        randomisation_correlation=0.1,
        ms_per_face=3.0,
        over_centre=(mean, mean - 0.05, mean + 0.05),
        sentence=f"For this run {title} explains better than the centre blob, by {mean:.2f} [0.1, 0.2] of probability."
        if better
        else f"For this run the centre blob explains as well as {title}: do not read these maps.",
    )


def store_explanation(run: Run, split: str = "val", *, chosen: str = "conductance", seed: int = 0) -> Record:
    """Store it for every face that the run was scored on; what is misclassified has its evidence in the mouth, the
    rest in the brows."""
    table, rng, n = run.results().predictions(split), np.random.default_rng(seed), len(run.classes)
    true = table["label"].to_numpy(np.int64)
    predicted = run.results().logits(split).argmax(1)
    base = np.full((len(true), len(REGIONS)), 0.1)
    base[np.arange(len(true)), np.where(true == predicted, REGIONS.index("brows"), REGIONS.index("mouth"))] += 0.3
    shares = base * rng.uniform(0.9, 1.1, base.shape)
    shares = (shares / shares.sum(1, keepdims=True)).astype(np.float16)
    kept = {"": np.ones(len(true), bool), "right": true == predicted, "wrong": true != predicted}
    target = {"label": true, "predicted": predicted}
    counts = [[int((kept[outcome] & (target[of] == c)).sum()) for c in range(n)] for of, outcome in GROUPS]
    face = np.rint(rng.uniform(60, 180, (48, 48))).astype(np.uint8)
    pairs = [(t, p, int(np.sum((true == t) & (predicted == p)))) for t in range(n) for p in range(n) if t != p]
    cell = [pair for pair in pairs if pair[2] >= 5]
    record = Record(
        run=run.name,
        data=run.dataset,
        split=split,
        n=len(true),
        faces_per_method=12,
        faces_per_contrast=24,
        mean_pairwise_correlation={"gradcam": 0.95, "contrastive": 0.2},
        contrasts={
            "last maps": ContrastScore(correlation=0.7, method="contrast-last", different=False, faithful=False),
            "conductance": ContrastScore(correlation=0.2, method="contrast", different=True, faithful=bool(chosen)),
            "hiding": ContrastScore(correlation=0.5, method="contrast-hiding", different=True, faithful=False),
        },
        chosen=chosen,
        shown="conductance",
        summary="For this run look at the contrast by conductance: it is faithful, and its mean maps correlate by -0.2."
        if chosen
        else "This network cannot be read: no contrast of its classes is both faithful and different between them.",
        methods={"contrast": _score("Contrast", 0.15), "gradcam": _score("Grad-CAM", -0.01)},
        baselines={"centre": _score("Blob in the middle", 0.0), "random": _score("Smooth noise", -0.2)},
        ranking=("contrast", "centre", "gradcam", "random"),
        regions={name: dict.fromkeys(REGIONS, 1 / len(REGIONS)) for name in run.classes},
    )
    maps = rng.normal(0, 0.2, (len(GROUPS), n, 24, 24)).astype(np.float16)
    write(
        run,
        record,
        {
            "own": maps,
            "contrast": maps[:, ::-1],
            "n": np.array(counts, np.int32),
            "cells": rng.normal(0, 0.2, (len(cell), 24, 24)).astype(np.float16),
            "cell": np.array(cell, np.int32).reshape(-1, 3),
            "ids": table["id"].to_numpy(str),
            "label": true.astype(np.int16),
            "predicted": predicted.astype(np.int16),
            "shares_true": shares,
            "shares_predicted": shares,
            "shares_against": shares,
            "shares_common": shares,
            "mean_face": face,
            "masks": face_regions(face).masks,
        },
    )
    return record
