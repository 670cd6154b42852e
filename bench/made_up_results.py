"""Made-up results to click in: any number of faces and a run with results on all of them, in separate folders.

The results are made up, since a click costs the same whatever a cell holds: seven in ten are right, and the map has a
cloud per class.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from bench import subjects
from ferkit import metrics
from ferkit.data import store
from ferkit.evaluate.labels import label_map
from ferkit.runs import LOGIT, Run, Scores

__all__ = ["SPLIT", "write"]

SPLIT = "all"
RIGHT = 0.7


def write(folder: Path, n: int) -> dict[str, str]:
    """Write n faces and a run on them below `folder`; the environment in which the app shows them."""
    faces, _ = subjects.faces(n)
    subject = subjects.subject()
    data, checkpoints = folder / "data", folder / "checkpoints"
    store.save(faces, data / f"{faces.name}.h5")
    run = subjects.as_run(subject, faces, checkpoints / subjects.RECIPE)
    labels = label_map(run.classes, faces.classes)[faces.labels]
    _results(run, faces.ids, labels)
    return {"FERKIT_DATA": str(data), "FERKIT_CHECKPOINTS": str(checkpoints)}


def _results(run: Run, ids: np.ndarray, labels: np.ndarray) -> None:
    rng, n, classes = np.random.default_rng(0), len(labels), len(run.classes)
    predicted = np.where(rng.random(n) < RIGHT, labels, rng.integers(classes, size=n))
    logits = rng.normal(size=(n, classes)).astype(np.float32)
    logits[np.arange(n), predicted] += 4
    columns = {LOGIT + name: logits[:, i] for i, name in enumerate(run.classes)}
    table = pd.DataFrame({"id": ids, "label": labels, "leaked": np.zeros(n, bool), **columns})
    table.to_parquet(run.path / f"{SPLIT}.parquet", index=False)
    places = (3 * rng.normal(size=(classes, 6))[labels] + 2 * rng.normal(size=(n, 6))).astype(np.float32)
    layout = pd.DataFrame(places, columns=["umap_x", "umap_y", "pca_x", "pca_y", "tsne_x", "tsne_y"])
    layout.insert(0, "id", ids)
    layout.to_parquet(run.path / f"{SPLIT}-map.parquet", index=False)
    values = metrics.scores(logits, labels, run.classes)
    scores = Scores(data=run.dataset, fingerprint=run.manifest.data.fingerprint, **values)
    run.add_scores(run.dataset, SPLIT, scores)
