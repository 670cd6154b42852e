"""Every recipe trains: one epoch on a few small faces, with its network, its losses, its augmentation and its
teacher."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ferkit.data.faces import Faces
from ferkit.models import load
from ferkit.train.config import from_recipe, recipes
from ferkit.train.fit import fit
from tests.worlds import tiny_faces

SIDE = 32  # pixels: enough for a network that halves its maps five times


@pytest.fixture(scope="module")
def faces() -> Faces:
    """A few, with votes."""
    few = tiny_faces(n=90)
    return replace(few, splits=np.where(few.splits == "test", "val", few.splits))


@pytest.mark.parametrize("name", recipes())
def test_a_recipe_trains_an_epoch(name: str, faces: Faces, tmp_path: Path) -> None:
    usual = from_recipe(name)
    crop, small = (SIDE - 4 if usual.augment.crop else 0), (SIDE - 8 if usual.augment.small else 0)
    teacher = "crowd" if "crowd" in usual.teacher else ""  # the others are runs
    overrides = [
        f"size={SIDE}",
        f"augment.crop={crop}",
        f"augment.small={small}",
        "epochs=1",
        "batch=24",
        f"teacher={teacher}",
    ]
    run = fit(from_recipe(name, overrides), faces, tmp_path / name, origin={"recipe": name})
    history = run.history()
    assert len(history) == 1 and np.isfinite(history.to_numpy()).all()
    assert run.manifest.status == "finished" and run.manifest.model.name == usual.model
    fresh, trained = run.manifest.parameters, load(run)
    assert sum(p.numel() for p in trained.parameters()) == fresh
    assert all(bool(p.isfinite().all()) for p in trained.parameters())
