"""A world for commands that train or change what lies beside a dataset."""

from pathlib import Path

import pytest

from ferkit.data import store
from tests.worlds import World, tiny_faces


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The dataset `tiny` and no run, in folders of its own."""
    world = World(tmp_path)
    world.enter(monkeypatch)
    store.save(tiny_faces())
    return world
