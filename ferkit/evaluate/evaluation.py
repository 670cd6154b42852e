"""Score a run and leave in its folder all that the pages look at.  $ python -m ferkit evaluate compact-resnet --data
fer2013"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit import files, metrics
from ferkit.data.faces import SPLITS, Faces
from ferkit.embed.layouts import layouts
from ferkit.errors import DataError, RunError
from ferkit.evaluate.labels import label_map
from ferkit.explain.mean_maps import mean_maps
from ferkit.predict.classifier import Analysis, Classifier
from ferkit.runs import LOGIT, Run, Scores, open_folder

__all__ = ["evaluate", "write"]

TOLERANCE = 0.01  # of the features, beyond which a map is outdated
Progress = Callable[[str, int, int], None]  # stage ("faces" or "map"), done, in all


def evaluate(
    run: Run, faces: Faces, split: str, *, maps: bool = True, flip: bool = False, progress: Progress | None = None
) -> Scores:
    """Score `run` on one split of `faces` (train, val, test or all), write the results into its folder and return the
    scores.

    The run's own dataset fills the run folder, another one `on-<dataset>/`; its own val also fits the temperature of
    its probabilities. `maps=False` leaves out the UMAP and PCA layouts, which take longer than all the rest; a map that
    is there stays, and the scores say `map_outdated` if it was drawn from other features. `flip=True` also scores the mean of the logits of each face and
    its mirror image, as a block `flip` of its own, which takes half as long again; nothing else is read from it. Either
    every file is replaced or none.

    Raises DataError for an unknown or empty split, a class the run does not know, or a dataset that bears the name of
    the run's own but is another one; RunError for weights that are missing or give no finite numbers.
    """
    run = open_folder(run.path)  # as it is by now
    _check(run, faces, split)
    _set_aside(run, faces)
    known = label_map(run.classes, faces.classes)
    part = faces.split(split)
    tell = progress or (lambda stage, done, total: None)
    began = time.perf_counter()
    labels = known[part.labels]
    classifier = Classifier.open(run)
    analysis = classifier.analyse(part.images, labels, progress=lambda done, total: tell("faces", done, total))
    if not np.isfinite(analysis.logits).all():
        raise RunError(f"{run.name} gives logits that are no finite numbers: its training went wrong. Train it again.")
    fitted = split == "val" and faces.name == run.dataset
    temperature = metrics.fit_temperature(analysis.logits, labels) if fitted else run.temperature
    values = metrics.scores(analysis.logits, labels, run.classes, part.leaked, temperature)
    if flip:
        both = analysis.logits + classifier.logits(part.images[:, :, ::-1])
        values["flip"] = metrics.headline(metrics.confusion(labels, both.argmax(1), len(run.classes)))
    layout = _layout(part, analysis, run.manifest.seed, tell) if maps else None
    scores = Scores(
        data=faces.name,
        fingerprint=faces.fingerprint,
        map_outdated=layout is None and _outdated(run, part.name, split, analysis.features),
        seconds=round(time.perf_counter() - began, 3),
        **values,
    )
    write(run, part, split, labels, analysis, layout)
    run.add_scores(faces.name, split, scores, temperature if fitted else None)
    return scores


def _check(run: Run, faces: Faces, split: str) -> None:
    if split not in (*SPLITS, "all"):
        raise DataError(f"Splits are {', '.join(SPLITS)} and all; got {split!r}.")
    trained_on = run.manifest.data.fingerprint
    if faces.name == run.dataset and faces.fingerprint != trained_on:
        raise DataError(
            f"{run.name} was trained on a {faces.name!r} with fingerprint {trained_on}; the one here has {faces.fingerprint}. "
            "Import the original again, or this one under another name."
        )


def _set_aside(run: Run, faces: Faces) -> None:
    """Results on a dataset that had this name before go to `on-<name>-<its fingerprint>`; nothing is deleted."""
    if faces.name == run.dataset:
        return
    results = run.results(faces.name)
    others = {scores.fingerprint for scores in results.scores.values()} - {faces.fingerprint}
    if others:
        aside = results.path.with_name(f"{results.path.name[:60]}-{others.pop()[:8]}")
        if not aside.exists():
            results.path.rename(aside)


def _layout(part: Faces, analysis: Analysis, seed: int, tell: Progress) -> pd.DataFrame:
    tell("map", 0, 1)
    table = layouts(analysis.features, seed)
    table.insert(0, "id", part.ids)
    tell("map", 1, 1)
    return table


def write(
    run: Run,
    part: Faces,
    split: str,
    labels: np.ndarray,
    analysis: Analysis,
    layout: pd.DataFrame | None,
    *,
    features: bool = True,
) -> None:
    """Write the split's files; all are complete beside their places before the first takes its own. `labels` are
    indices into the run's classes; `features=False` leaves them out, where they are not all of one network."""
    results = run.results(part.name)
    columns = {LOGIT + name: analysis.logits[:, i] for i, name in enumerate(run.classes)}
    predictions = pd.DataFrame({"id": part.ids, "label": labels.astype(np.int16), "leaked": part.leaked, **columns})
    predicted = analysis.logits.argmax(1)
    assert analysis.true_maps is not None  # labels were given
    cams = mean_maps(part.images, labels, predicted, analysis.maps, analysis.true_maps, len(run.classes))
    with contextlib.ExitStack() as stack:

        def beside(ending: str) -> Path:
            return stack.enter_context(files.atomic_write(results.path / f"{split}{ending}"))

        _parquet(predictions, beside(".parquet"))
        if features:
            with beside("-features.npy").open("wb") as file:
                np.save(file, analysis.features, allow_pickle=False)
        with beside("-cams.npz").open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **cams)
        if layout is not None:
            _parquet(layout, beside("-map.parquet"))


def _parquet(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, engine="pyarrow", compression="zstd", index=False)


def _outdated(run: Run, dataset: str, split: str, features: np.ndarray) -> bool:
    """Whether the stored map was drawn from features that are not these, (N, D): it is kept, and marked."""
    results = run.results(dataset)
    if not results.has(split, "-map.parquet"):
        return False
    if split in results.scores and results.scores[split].map_outdated:
        return True  # the stored features were replaced since the map was drawn
    try:
        return not _alike(results.features(split), features)
    except (RunError, OSError, ValueError, EOFError):  # nothing readable to compare with
        return True


def _alike(stored: np.ndarray, features: np.ndarray) -> bool:
    """Equal up to a hundredth of their standard deviation: another processor rounds otherwise, which moves no map."""
    if stored.shape != features.shape:
        return False
    before, now = stored.astype(np.float32), features.astype(np.float32)
    return bool(np.allclose(before, now, rtol=TOLERANCE, atol=TOLERANCE * float(before.std())))
