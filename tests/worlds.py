"""Worlds to test in: tiny datasets and tiny evaluated runs in separate folders."""

import copy
import os
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit.data.faces import Faces
from ferkit.runs import Run
from ferkit.runs.robustness import RECALL, SINGLE

ROOT = Path(__file__).resolve().parents[1]


def tiny_faces(
    name: str = "tiny", *, colour: bool = False, size: int = 48, n: int = 240, emotions: tuple[str, ...] | None = None
) -> Faces:
    """Drawn faces, enough of each class for every split; for the caller to change."""
    return copy.deepcopy(_drawn(name, colour, size, n, emotions))


@cache
def _drawn(name: str, colour: bool, size: int, n: int, emotions: tuple[str, ...] | None) -> Faces:
    from ferkit.data.synthetic import draw

    return draw(n=n, seed=3, size=size, colour=colour, emotions=emotions, name=name)


class World:
    """A separate data folder and checkpoints folder."""

    def __init__(self, path: Path) -> None:
        self.path, self.data, self.checkpoints = path, path / "data", path / "checkpoints"
        self.data.mkdir(parents=True, exist_ok=True)
        self.checkpoints.mkdir(parents=True, exist_ok=True)

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FERKIT_DATA", str(self.data))
        monkeypatch.setenv("FERKIT_CHECKPOINTS", str(self.checkpoints))

    def copy(self, path: Path) -> "World":
        """The same datasets and runs in another folder, to be changed there."""
        world = World(path)
        shutil.copytree(self.path, world.path, dirs_exist_ok=True)
        return world

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"FERKIT_DATA": str(self.data), "FERKIT_CHECKPOINTS": str(self.checkpoints)}


def fill(world: World, faces: Faces, runs: dict[str, dict[str, object]]) -> World:
    """Store the faces, train each run for an epoch, evaluate it on val (maps by PCA alone would do; UMAP is left
    out)."""
    from ferkit.data import store
    from ferkit.evaluate.evaluation import evaluate
    from ferkit.train.config import parse
    from ferkit.train.fit import fit

    patch = pytest.MonkeyPatch()
    world.enter(patch)
    try:
        store.save(faces)
        for name, settings in runs.items():
            folder = world.checkpoints / name
            folder.mkdir()
            run = fit(
                parse({"epochs": 1, "batch": 32, "warmup": 0, **settings}), faces, folder, origin={"recipe": "test"}
            )
            evaluate(run, faces, "val", maps=False)
            _map(run)
    finally:
        patch.undo()
    return world


def _map(run: Run) -> None:
    """A stand-in for UMAP's map, which takes a minute: the same columns, made from PCA and its mirror image."""
    features = np.load(run.path / "val-features.npy").astype(np.float32)
    place = np.linalg.svd(features - features.mean(0), full_matrices=False)[0][:, :2] * 10
    columns = {"umap_x": -place[:, 0], "umap_y": place[:, 1], "pca_x": place[:, 0], "pca_y": place[:, 1]}
    frame = pd.DataFrame(
        {"id": run.results().predictions("val")["id"], **{k: v.astype(np.float32) for k, v in columns.items()}}
    )
    frame.to_parquet(run.path / "val-map.parquet", index=False)


def score_on_corrupted(run: Run, accuracy: float) -> None:
    """Store scores on the twelve kinds of corruption of val, of that mean accuracy; as released all faces are right."""
    row = {"n": 30, "amount": 1.0, "accuracy_low": 0.1, "accuracy_high": 0.9, "macro_f1": 0.5}
    row |= {RECALL + one: 0.5 for one in run.classes}
    kinds = [("as released", 0, 1.0), *((kind, 3, accuracy + (-1) ** i / 10) for i, kind in enumerate(SINGLE))]
    table = [row | {"kind": kind, "strength": strength, "accuracy": right} for kind, strength, right in kinds]
    pd.DataFrame(table).to_parquet(run.path / "val-robustness.parquet", index=False)
