"""What an evaluation leaves in a run folder, all of it replaced together."""

from pathlib import Path

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.data.faces import Faces
from ferkit.evaluate.shards import Answers
from ferkit.metrics import Temperature
from ferkit.runs import LOGIT, Run, Scores, open_folder
from ferkit.runs.locks import locked
from ferkit.runs.pending import together

__all__ = ["store", "write_parquet", "write_tables"]


def store(
    run: Run,
    part: Faces,
    split: str,
    labels: np.ndarray,
    read: Answers,
    scores: Scores,
    temperature: Temperature | None = None,
) -> Run:
    """Write predictions, features, mean heat maps and scores of the split `part`; returns the run as it is then.

    `labels` (N,) are indices into the run's classes; `temperature`, where one was fitted, becomes that of the run.
    After a crash at any moment all of it is new, or none is.
    """
    with locked(run.path), together(run.path) as staged:
        run = open_folder(run.path)  # another evaluation may have written meanwhile
        results = run.results(part.name)
        folder = staged / results.path.relative_to(run.path)
        write_tables(folder, run.classes, part, split, labels, read)
        if part.name != run.dataset:
            by_split = {**results.scores, split: scores}
            files.write_json(
                folder / "scores.json", {key: stored.model_dump(mode="json") for key, stored in by_split.items()}
            )
        else:
            manifest = run.manifest.replace(
                scores={**run.manifest.scores, split: scores},
                **({} if temperature is None else temperature.fields),
            )
            files.write_json(staged / "run.json", manifest.as_json())
    return open_folder(run.path)


def write_tables(
    folder: Path,
    classes: tuple[str, ...],
    part: Faces,
    split: str,
    labels: np.ndarray,
    read: Answers,
    *,
    features: bool = True,
) -> None:
    """Write `<split>.parquet`, `<split>-features.npy` and `<split>-cams.npz` into `folder`. `labels` (N,) are indices
    into `classes`; `features=False` leaves features out, where they are not all of one network."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {LOGIT + name: read.logits[:, i] for i, name in enumerate(classes)}
    predictions = pd.DataFrame({"id": part.ids, "label": labels.astype(np.int16), "leaked": part.leaked, **columns})
    write_parquet(predictions, folder / f"{split}.parquet")
    if features:
        np.save(folder / f"{split}-features.npy", read.features, allow_pickle=False)
    np.savez_compressed(folder / f"{split}-cams.npz", allow_pickle=False, **read.cams)


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table as the run folder keeps them: zstd-compressed, without an index."""
    table.to_parquet(path, engine="pyarrow", compression="zstd", index=False)
