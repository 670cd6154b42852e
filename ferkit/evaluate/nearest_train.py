"""The training faces nearest to every face of a scored split, stored so that pages need no training features.

$ python -m ferkit nearest compact --split val
"""

from collections.abc import Callable

import numpy as np
import torch

from ferkit import files
from ferkit.data.faces import Faces
from ferkit.embed.neighbours import nearest
from ferkit.embed.novelty import centres_of, distance_to_centres
from ferkit.errors import DataError
from ferkit.predict.classifier import Classifier
from ferkit.predict.parallel import over_batches
from ferkit.runs import Run
from ferkit.runs.nearest import NearestTrain

__all__ = ["NEAREST", "features_of", "find_nearest", "store_nearest"]

NEAREST = 5  # training faces of each face
BATCH = 32
FAR = 0.99  # quantile of the distances beyond which a face is far from all training faces
Progress = Callable[[int, int], None]  # training faces done, in all


def store_nearest(
    run: Run, trained_on: Faces, split: str, dataset: str | None = None, progress: Progress | None = None
) -> NearestTrain:
    """Find the training faces nearest to those of an evaluated split of `dataset` (the run's own when None) by the
    cosine of their features, write `<split>-nearest.npz` and return it.

    `trained_on` is the dataset that the run was trained on. All its training faces go through the network once.
    Raises DataError for another dataset or one without training faces; RunError where the split was not evaluated or
    the weights are missing.
    """
    if (trained_on.name, trained_on.fingerprint) != (run.dataset, run.manifest.data.fingerprint):
        raise DataError(
            f"{run.name} was trained on {run.dataset!r} with fingerprint {run.manifest.data.fingerprint}; got "
            f"{trained_on.name!r} with {trained_on.fingerprint}. Import the original again."
        )
    results = run.results(dataset)
    predictions, features = results.predictions(split), results.features(split)
    train = trained_on.split("train")
    known = features_of(Classifier.open(run), train.images, progress)
    own = _places(predictions["id"].to_numpy(), train.ids) if dataset in (None, run.dataset) else None
    labels = predictions["label"].to_numpy()
    found = find_nearest(features, labels, known, train.labels, len(run.classes), own)
    found = NearestTrain(**{**vars(found), "data": train.name, "fingerprint": train.fingerprint})
    with files.atomic_write(results.path / f"{split}-nearest.npz") as partial, partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **{name: _small(value) for name, value in vars(found).items()})
    return results.nearest(split)


def features_of(classifier: Classifier, images: np.ndarray, progress: Progress | None = None) -> np.ndarray:
    """Penultimate features of faces, uint8 (N, H, W[, 3]) -> float16 (N, D), N > 0."""
    model, largest = classifier.quick, float(np.finfo(np.float16).max)

    @torch.inference_mode()
    def work(rows: slice) -> np.ndarray:
        features = model.pool(model.maps(classifier.prepare(images[rows])))
        return features.clamp(-largest, largest).half().numpy()

    return np.concatenate(list(over_batches(work, len(images), BATCH, progress)))


def find_nearest(
    features: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray,
    train_labels: np.ndarray,
    classes: int,
    own: np.ndarray | None = None,
) -> NearestTrain:
    """For faces with features (N, D) and labels (N,): the nearest of the training faces, (M, D) and (M,).

    `own` (N,) is the place of each face among them, -1 where it is none of them; it does not count as its own
    neighbour.
    """
    own = np.full(len(features), -1) if own is None else own
    rows, distance = _without(own, *nearest(train, features, min(NEAREST, len(train)) + 1))
    true_rows, true_distance = np.full(len(features), -1), np.full(len(features), np.nan, np.float32)
    for c in np.intersect1d(labels, train_labels):
        faces, among = np.flatnonzero(labels == c), np.flatnonzero(train_labels == c)
        places, cosine = nearest(train[among], features[faces], 2)
        first, gap = _without(own[faces], among[places], cosine)
        if first.shape[1]:
            true_rows[faces], true_distance[faces] = first[:, 0], gap[:, 0]
    centres, centre_labels = centres_of(train, train_labels, classes)
    return NearestTrain(
        rows=rows,
        labels=train_labels[rows].astype(np.int64),
        distance=distance,
        true_rows=true_rows,
        true_distance=true_distance,
        far=float(np.quantile(distance[:, -1], FAR)),
        centres=centres,
        centre_labels=centre_labels.astype(np.int64),
        centre_far=float(np.quantile(distance_to_centres(features, centres), FAR)),
        data="",
        fingerprint="",
        n=len(train),
    )


def _without(own: np.ndarray, rows: np.ndarray, cosine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (N, k) without each face itself, one column fewer where there are enough, and their distances."""
    self = rows == own[:, None]
    order = np.argsort(self, axis=1, kind="stable")  # a face itself goes last
    keep = rows.shape[1] - int(self.any()) if rows.shape[1] <= NEAREST else NEAREST
    rows, cosine = (np.take_along_axis(values, order, 1)[:, :keep] for values in (rows, cosine))
    return rows, (1 - cosine).astype(np.float32)


def _places(ids: np.ndarray, among: np.ndarray) -> np.ndarray:
    """int (N,): where each id is among others, -1 where it is not."""
    places = {name: place for place, name in enumerate(among.tolist())}
    return np.array([places.get(name, -1) for name in ids.tolist()], np.int64)


def _small(value: object) -> np.ndarray:
    """An array of the smallest type that holds whole numbers; distances as float16."""
    array = np.asarray(value)
    if array.dtype.kind in "iu" and array.ndim:
        low, high = int(array.min(initial=0)), int(array.max(initial=0))
        return array.astype(np.promote_types(np.min_scalar_type(low), np.min_scalar_type(high)))
    return array.astype(np.float16) if array.ndim and array.dtype == np.float32 else array
