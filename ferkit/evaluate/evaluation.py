"""Score a run and store all that the pages show of it.  $ python -m ferkit evaluate compact-resnet --data fer2013"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate import on_ray
from ferkit.evaluate.maps import draw_map, outdated
from ferkit.evaluate.parts import labelled, set_aside
from ferkit.evaluate.shards import answers
from ferkit.evaluate.storing import store
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, Scores, open_folder, pixel_hashes

__all__ = ["evaluate"]

Progress = Callable[[str, int, int], None]  # stage ("faces" or "map"), done, in all


def evaluate(
    run: Run,
    faces: Faces,
    split: str,
    *,
    maps: bool = True,
    flip: bool = False,
    ray: str | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Score `run` on one split of `faces` (train, val, test or all), store the results in its folder and return the
    scores.

    The run's own dataset fills the run folder, another one `on-<dataset>/`; its own val also fits the temperature of
    its probabilities. Faces of a class that the run does not have are left out and counted in `left_out`. Predictions,
    features, mean heat maps and scores are replaced together; after them, unless `maps=False`, UMAP and PCA are drawn,
    which takes longer than all the rest (a map that is there stays, and is `map_outdated` where the features changed).
    `flip=True` also scores the mean logits of each face and its mirror image, as `flip`, in half as much time again.
    `ray`, an address as in `ferkit.evaluate.on_ray`, has the faces read there.

    Raises DataError for an unknown or empty split, fewer than two shared classes, or a dataset that has the name of
    the run's own but is another one; RunError for weights that are missing or whose logits are not finite; ConfigError
    where there is no such Ray.
    """
    run = open_folder(run.path)  # as it is by now
    began = time.perf_counter()
    part, labels, left_out = labelled(run, faces, split)
    set_aside(run, faces)
    leaked = _leaked(run, faces, part)
    part = replace(part, leaked=np.zeros(len(part), bool) if leaked is None else leaked)
    classifier = Classifier.open(run)
    report = progress or (lambda stage, done, total: None)
    where = on_ray.workers(ray) if ray else {}
    read = answers(classifier, part.images, labels, lambda done, total: report("faces", done, total), **where)
    if not np.isfinite(read.logits).all():
        raise RunError(f"{run.name} gives logits that are not finite: its training went wrong. Train it again.")
    own_val = (split, faces.name) == ("val", run.dataset)
    fitted = metrics.fit_adaptive_temperature(read.logits, labels) if own_val else None
    values = metrics.scores(read.logits, labels, run.classes, part.leaked, fitted or run.temperature)
    if leaked is None:
        values["dedup"] = None
    if flip:
        values["flip"] = _flipped(classifier, part, labels, read.logits)
    scores = Scores(
        data=faces.name,
        fingerprint=faces.fingerprint,
        left_out=left_out,
        map_outdated=outdated(run, faces.name, split, read.features),
        seconds=round(time.perf_counter() - began, 3),
        **values,
    )
    run = store(run, part, split, labels, read, scores, fitted)
    if maps:
        scores = draw_map(run, split, faces.name, report).results(faces.name).scores[split]
    return scores


def _leaked(run: Run, faces: Faces, part: Faces) -> np.ndarray | None:
    """bool (N,): faces whose pixels the run was trained on; None where the run does not know.

    Faces that are in the training split itself do not count as leaked: their scores are in-sample as a whole.
    """
    same_dataset = faces.name == run.dataset
    hashes = run.train_hashes()
    if hashes is None:
        return part.leaked if same_dataset else None
    leaked = np.isin(pixel_hashes(part.images), hashes)
    return leaked & (part.splits != "train") if same_dataset else leaked


def _flipped(classifier: Classifier, part: Faces, labels: np.ndarray, logits: np.ndarray) -> dict:
    """Scores of the mean logits of each face and its mirror image."""
    logits = logits + classifier.logits(part.images[:, :, ::-1])
    return metrics.headline(metrics.confusion(labels, logits.argmax(1), len(classifier.classes)))
