"""The map of a split: drawn from the stored features, after the scores, without network or images."""

from collections.abc import Callable

import numpy as np

from ferkit import files
from ferkit.embed.layouts import TSNE, layouts, tsne
from ferkit.errors import RunError
from ferkit.evaluate.storing import write_parquet
from ferkit.runs import Run, open_folder

__all__ = ["draw_map", "outdated"]

TOLERANCE = 0.01  # of the features' standard deviation, beyond which a map is outdated
Progress = Callable[[str, int, int], None]  # the stage "map", done, in all: epochs of UMAP


def draw_map(
    run: Run, split: str, dataset: str | None = None, progress: Progress | None = None, *, only_tsne: bool = False
) -> Run:
    """Draw UMAP, PCA and t-SNE of the features that `run` has stored of `split` of `dataset` (its own when None), and
    keep them as `<split>-map.parquet`; returns the run as it is then. `only_tsne` leaves UMAP and PCA as they are
    stored.

    Takes a minute or two for thousands of faces. Raises RunError where the split was not evaluated.
    """
    report = progress or (lambda stage, done, total: None)
    name = dataset or run.dataset
    results = run.results(name)
    ids, features = results.predictions(split)["id"], results.features(split)
    report("map", 0, 1)
    if only_tsne:
        table = results.layout(split).drop(columns=list(TSNE), errors="ignore").join(tsne(features, run.manifest.seed))
    else:
        table = layouts(features, run.manifest.seed, lambda done, total: report("map", done, total))
        table.insert(0, "id", ids)
    with files.atomic_write(results.path / f"{split}-map.parquet") as partial:
        write_parquet(table, partial)
    report("map", 1, 1)
    scores = open_folder(run.path).results(name).scores.get(split)
    if scores is None or only_tsne or not scores.map_outdated:
        return run
    return run.add_scores(name, split, scores.model_copy(update={"map_outdated": False}))


def outdated(run: Run, dataset: str, split: str, features: np.ndarray) -> bool:
    """Whether the stored map of a split was drawn from other features than these, (N, D)."""
    results = run.results(dataset)
    if not results.has(split, "-map.parquet"):
        return False
    if split in results.scores and results.scores[split].map_outdated:
        return True  # the stored features were replaced since the map was drawn
    try:
        return not _close(results.features(split), features)
    except (RunError, OSError, ValueError, EOFError):  # nothing readable to compare with
        return True


def _close(stored: np.ndarray, features: np.ndarray) -> bool:
    """Equal up to a hundredth of their standard deviation: processors round differently, which does not move a map."""
    if stored.shape != features.shape:
        return False
    before, now = stored.astype(np.float32), features.astype(np.float32)
    return bool(np.allclose(before, now, rtol=TOLERANCE, atol=TOLERANCE * float(before.std())))
