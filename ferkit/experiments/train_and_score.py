"""A training and the scores of the run it ends in: what `ferkit.train_run` does, without a word on the screen."""

from collections.abc import Callable
from pathlib import Path

from ferkit.data.faces import Faces
from ferkit.evaluate.evaluation import evaluate
from ferkit.runs import Run, open_folder
from ferkit.train import teachers
from ferkit.train.config import TrainConfig
from ferkit.train.fit import fit
from ferkit.train.loop import Epoch

__all__ = ["train_and_score", "unscored_teachers"]


def unscored_teachers(config: TrainConfig, faces: Faces) -> list[Run]:
    """The runs that are to teach by stored logits and have none of these training faces yet."""
    stored = teachers.named(config.teacher) if config.teacher_views == "stored" else []
    return [teacher for teacher in stored if not teachers.ready(teacher, faces)]


def train_and_score(
    config: TrainConfig,
    faces: Faces,
    path: Path,
    *,
    recipe: str = "",
    replace: bool = True,
    score: bool = True,
    maps: bool = True,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Run:
    """Train into the folder `path`, score on val unless `score=False`, and return the run. One that lies there is
    replaced, or refused with RunError where `replace` is False.

    Teachers are scored on the training faces first where need be. `maps=False` leaves out the UMAP layout. Raises what
    `fit` and `evaluate` raise.
    """
    for teacher in unscored_teachers(config, faces):
        evaluate(teacher, faces, "train", maps=False)
    origin = {"recipe": recipe} if recipe else {}
    run = fit(config, faces, path, replace=replace, origin=origin, on_epoch=on_epoch)
    if score:
        evaluate(run, faces, "val", maps=maps)
    return open_folder(path)
