"""What a notebook needs, in one import.

import ferkit

faces = ferkit.draw_faces(600)                       # or ferkit.load_faces("fer2013")
run = ferkit.train_run("quick", faces, name="first", settings=["epochs=3"])
run.results().scores["val"].accuracy
ferkit.compare_runs(run, ferkit.open_run("demo"))         # on the faces both were scored on
ferkit.read_photo(Path("photo.jpg"), run).faces
ferkit.explain_images(run, faces.split("val").images[:8])   # heat maps
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ferkit import runs
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.data.importing import ImportReport, import_faces
from ferkit.data.synthetic import draw as draw_faces
from ferkit.errors import RunError
from ferkit.runs import Run, Scores, open_run

if TYPE_CHECKING:
    from ferkit.evaluate.compare import Paired
    from ferkit.faces import Detector
    from ferkit.predict import PhotoReading
    from ferkit.train.loop import Epoch

__all__ = [
    "Faces", "ImportReport", "Run", "compare_runs", "draw_faces", "evaluate_run", "explain_images", "import_faces",
    "list_datasets", "list_runs", "load_faces", "open_run", "read_photo", "save_faces", "train_run",
]  # fmt: skip


def list_datasets() -> list[str]:
    """Names of the datasets in `data/`, or in the folder that `FERKIT_DATA` names."""
    return store.names()


def load_faces(name: str) -> Faces:
    """The dataset of that name, whole in memory: `images` uint8 (N, H, W[, 3]), `labels` int16 (N,), `splits`, `votes`.

    Raises DataError if it is missing or broken.
    """
    return store.load(name)


def save_faces(faces: Faces) -> Path:
    """Store a dataset as `data/<name>.h5`, so that the command line and the dashboard see it; returns the path.

    Raises DataError or FerkitError if it cannot be written.
    """
    return store.save(faces)


def list_runs() -> list[str]:
    """Names of the runs in `checkpoints/`, or in the folder that `FERKIT_CHECKPOINTS` names."""
    return runs.names()


def train_run(
    recipe: str,
    faces: Faces,
    name: str = "",
    *,
    settings: Sequence[str] = (),
    score: bool = True,
    force: bool = False,
    on_epoch: "Callable[[Epoch], None]" = lambda epoch: None,
) -> Run:
    """Train a recipe on `faces` into `checkpoints/<name>` (the recipe's name by default) and score it on val.

    `settings` are `key=value` on top of the recipe, as on the command line; `on_epoch` gets a row of the history after
    each epoch. The UMAP layout is left out: `evaluate_run(run, faces)` draws it. Raises ConfigError for unknown recipes
    and settings, RunError for a name that is taken unless `force`, TrainError when the loss is not finite.
    """
    from ferkit.experiments.train_and_score import train_and_score
    from ferkit.train.config import from_recipe

    path = runs.path_of(name or recipe)
    if path.exists() and not force:
        raise RunError(f"There is a run {path.name!r} already. Give another name, or force=True to replace it.")
    config = from_recipe(recipe, list(settings))
    return train_and_score(
        config, faces, path, recipe=recipe, replace=force, score=score, maps=False, on_epoch=on_epoch
    )


def evaluate_run(run: Run, faces: Faces, split: str = "val", *, maps: bool = True) -> Scores:
    """Score `run` on a split of `faces` (train, val, test or all); store predictions, features and mean heat maps.

    `maps=False` leaves out the UMAP and PCA layouts, the slowest part. Raises DataError for a split or classes that do
    not fit, RunError for missing weights.
    """
    from ferkit.evaluate.evaluation import evaluate as score_run

    return score_run(run, faces, split, maps=maps)


def compare_runs(run: Run, baseline: Run, dataset: str | None = None, split: str = "val") -> "Paired":
    """`run` against `baseline` on the faces of `split` that both were scored on: differences of accuracy and macro-F1
    as shares, each with a 95% bootstrap interval, McNemar's p, and the rows that were fixed and broken.

    Raises RunError if one of them was not scored on it or they share no face.
    """
    from ferkit.evaluate.alignment import compare

    return compare(run, baseline, dataset, split)


def read_photo(photo: bytes | Path | np.ndarray, run: Run, detector: "Detector | None" = None) -> "PhotoReading":
    """The faces in a photo, largest first, each with its box and a probability per class.

    `photo`: a path, the bytes of a file, or uint8 RGB (H, W, 3). Raises MediaError for what is not an image.
    """
    from ferkit.faces import detector as best_detector
    from ferkit.predict import Classifier, read

    return read(photo, Classifier.open(run), detector or best_detector())


def explain_images(run: Run, images: np.ndarray, target: Sequence[int] | np.ndarray | None = None) -> np.ndarray:
    """Grad-CAM float32 (N, h, w) in [0, 1] for uint8 images (N, H, W[, 3]).

    `target` (N,) are class indices, the predicted classes when None.
    """
    from ferkit.predict import Classifier

    return Classifier.open(run).explain(images, None if target is None else np.asarray(target))
