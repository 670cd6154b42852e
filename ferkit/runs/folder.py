"""The run folder: everything a run is, in one folder that can be copied to another machine.

    checkpoints/<run>/run.json               model, classes, input, config, dataset, seed, versions, scores per split
                      model.safetensors      weights, never a pickle
                      history.csv            one row per epoch
                      <split>.parquet        id, label, leaked, one logit per class
                      <split>-features.npy   penultimate features, float16 (N, D)
                      <split>-map.parquet    id; x, y of each layout: umap_x, umap_y, pca_x, pca_y, tsne_x, tsne_y
                      <split>-cams.npz       mean Grad-CAM and mean face per class, with their counts
                      <split>-robustness.parquet  scores per kind and strength of corruption, where they were computed
                      <split>-corrupted.parquet   id; what each face is predicted as under each of these
                      <split>-chain.parquet  what finding, cropping and reading faces in scenes loses
                      <split>-nearest.npz    training faces nearest to each face, where `ferkit nearest` was run
                      on-<dataset>/          the same, and scores.json, for a dataset the run was not trained on

Reading needs numpy and pandas, never torch.
"""

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.errors import RunError
from ferkit.metrics import Temperature
from ferkit.runs import hashes
from ferkit.runs.locks import locked
from ferkit.runs.manifest import Manifest
from ferkit.runs.pending import finish
from ferkit.runs.reading import read_manifest, read_scores
from ferkit.runs.results import Results
from ferkit.runs.scores import Scores
from ferkit.runs.tables import read_history

__all__ = ["Run", "clear", "create", "open_folder", "state_of", "update"]


@dataclass(frozen=True)
class Run:
    """One run folder and its manifest, as it was when it was opened."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def classes(self) -> tuple[str, ...]:
        return self.manifest.classes

    @property
    def dataset(self) -> str:
        """The name of the dataset the run was trained on."""
        return self.manifest.data.name

    @property
    def temperature(self) -> Temperature:
        """What the logits are divided by before they become probabilities: fitted on val, 1 until then."""
        return Temperature(self.manifest.temperature, self.manifest.temperature_slope)

    @property
    def weights(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def key(self) -> tuple[str, float, int]:
        """(path, mtime, size) of what identifies the run's present state: a cache key."""
        stats = [f.stat() for f in (self.path / "run.json", self.weights) if f.is_file()]
        return str(self.path), max((s.st_mtime for s in stats), default=0.0), sum(s.st_size for s in stats)

    def results(self, dataset: str | None = None) -> Results:
        """The run's results on `dataset` (its own when None); without an evaluated split if there are none."""
        if dataset is None or dataset == self.dataset:
            return Results(self.path, self.dataset, self.classes, self.manifest.scores, self.temperature)
        folder = self.path / f"on-{files.check_name(dataset, 'A dataset name', RunError)}"
        scores = read_scores(folder / "scores.json", self.classes)
        return Results(folder, dataset, self.classes, scores, self.temperature)

    def datasets(self) -> list[str]:
        """Datasets the run has been evaluated on, its own first."""
        others = sorted(p.parent.name[3:] for p in self.path.glob("on-*/scores.json"))
        others = [name for name in others if name != self.dataset and files.is_name(name)]
        return ([self.dataset] if self.manifest.scores else []) + others

    def history(self) -> pd.DataFrame:
        """One row per epoch; empty if the run has none."""
        return read_history(self.path / "history.csv")

    def train_hashes(self) -> np.ndarray | None:
        """`pixel_hashes` of the faces the run was trained on, sorted; None where it does not know. Raises RunError."""
        return hashes.read(self.path)

    def update(self, **changes: Any) -> "Run":
        """Change values of the manifest in run.json, as it is by now; returns the run as it is then.

        Raises RunError where the folder is gone or closed to writing, pydantic.ValidationError for a value that is out
        of range.
        """
        return update(self.path, lambda manifest: manifest.replace(**changes))

    def add_scores(self, dataset: str, split: str, scores: Scores, temperature: Temperature | None = None) -> "Run":
        """Add the scores of a split to the others, and the temperature where one was fitted; returns the run.

        Scores of another dataset go into its own scores.json.
        """
        if dataset == self.dataset:
            return update(
                self.path,
                lambda manifest: manifest.replace(
                    scores={**manifest.scores, split: scores},
                    **({} if temperature is None else temperature.fields),
                ),
            )
        path = self.results(dataset).path / "scores.json"
        with locked(self.path):
            stored = {**self.results(dataset).scores, split: scores}
            files.write_json(path, {key: value.model_dump(mode="json") for key, value in stored.items()})
        return self


def create(path: Path, manifest: Manifest) -> Run:
    """Write run.json into the folder `path`; returns the run."""
    with locked(path):
        return _write(path, manifest)


def update(path: Path, change: Callable[[Manifest], Manifest]) -> Run:
    """Read the manifest of the run in `path`, apply `change` and write it, while no other process does; returns the
    run. Raises RunError."""
    with locked(path):
        return _write(path, change(open_folder(path).manifest))


def _write(path: Path, manifest: Manifest) -> Run:
    files.write_json(path / "run.json", manifest.as_json())
    return Run(path, manifest)


def clear(path: Path) -> None:
    """Remove the run in `path`; a folder that is not a run stays."""
    if (path / "run.json").is_file():
        shutil.rmtree(path)


def open_folder(path: Path) -> Run:
    """The run in the folder `path`, wherever it lies, its scores on other datasets checked. Raises RunError as
    `open_run`."""
    finish(path)
    try:
        run = Run(path, read_manifest(path / "run.json"))
    except FileNotFoundError as error:
        raise RunError(
            f"{path.name} has no run.json, so it is not a run. Copy the whole folder or train again."
        ) from error
    for dataset in run.datasets():
        run.results(dataset)
    return run


def state_of(path: Path) -> tuple[tuple[str, int, int], ...]:
    """(path, mtime, size) of every file that `open_folder` reads: a cache key."""
    folder = os.fspath(path)
    try:
        others = sorted(name for name in os.listdir(folder) if name.startswith("on-"))
    except OSError:
        return ()
    stats = []
    for file in (f"{folder}/run.json", *(f"{folder}/{name}/scores.json" for name in others)):
        with contextlib.suppress(OSError):  # a dataset without scores
            stat = os.stat(file)
            stats.append((file, stat.st_mtime_ns, stat.st_size))
    return tuple(stats)
