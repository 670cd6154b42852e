"""Fixtures of the whole suite: worlds made once per session, and the app run in one of them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock

import tests.environment  # noqa: F401 - first
from ferkit.data.faces import Faces
from ferkit.runs import Run
from tests.postgres import server
from tests.untrained import noise, untrained
from tests.worlds import ROOT, World, fill, tiny_faces

# Folders of files that take long come first: where files are dealt out to processes, the last ones are short.
LONG = ("bench", "browser", "experiments", "serve", "examples", "train", "embed", "deploy", "cli", "models", "predict")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, up to four: a test with a browser waits for much of its time."""
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: min(places.get(folder, len(LONG)) for folder in item.path.parents))


@pytest.fixture(autouse=True)
def nobody_elses_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the checkout's own data/ and checkpoints/ unless it says so."""
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.setenv("FERKIT_DATA", str(empty / "data"))
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(empty / "checkpoints"))
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    monkeypatch.delenv("FERKIT_LOG", raising=False)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[World], World]) -> World:
    """A world that the first process makes that needs it; each process has a copy of its own."""
    session = factory.getbasetemp()
    made = (session.parent if "PYTEST_XDIST_WORKER" in os.environ else session) / f"{name}-world"
    with FileLock(f"{made}.lock"):
        if not made.is_dir():
            make(World(made.with_suffix(".partial"))).path.rename(made)
    return World(made).copy(factory.mktemp(name))


@pytest.fixture(scope="session")
def gray_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Dataset `tiny` (seven emotions, gray 48×48) and two evaluated runs, `alpha` (base-cnn) and `beta` (lenet)."""
    runs = {"alpha": {"model": "base-cnn", "model_args": {"filters": 8}}, "beta": {"model": "lenet"}}
    return once(tmp_path_factory, "gray", lambda world: fill(world, tiny_faces(), runs))


@pytest.fixture(scope="session")
def colour_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Dataset `colour` (three classes, 64×64 RGB) and one evaluated run, `rgb`."""
    runs = {"rgb": {"model": "base-cnn", "model_args": {"filters": 8}}}

    def make(world: World) -> World:
        return fill(world, tiny_faces("colour", colour=True, size=64, n=150, emotions=("angry", "happy", "sad")), runs)

    return once(tmp_path_factory, "colour", make)


@pytest.fixture
def imageless_world(gray_world: World, tmp_path: Path) -> World:
    """The runs of `gray_world` without a dataset."""
    world = World(tmp_path / "imageless")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    return world


@pytest.fixture
def empty_world(tmp_path: Path) -> World:
    """No run, no dataset."""
    return World(tmp_path / "nothing")


@pytest.fixture(scope="session")
def installed_components() -> Iterator[None]:
    """Streamlit looks for components in all installed packages whenever an AppTest is made: half a second, now once."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, installed_components: None) -> Callable:
    """`app(world, "failures", true="fear", ...)` runs a page of the real app in that world and returns its AppTest."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest

    st.cache_data.clear()
    st.cache_resource.clear()

    def run(world: World, page: str, **query: str):  # type: ignore[no-untyped-def]
        world.enter(monkeypatch)
        at = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
        if page != "overview":
            at.switch_page(str(ROOT / "pages" / f"{page}.py"))
        for key, value in query.items():
            at.query_params[key] = value
        return at.run()

    return run


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The options the page passed to streamlit-webrtc; `playing` may be set."""
    streamer_options: dict[str, Any] = {"playing": False}

    def streamer(**options: Any) -> SimpleNamespace:
        streamer_options.update(options)
        return SimpleNamespace(state=SimpleNamespace(playing=streamer_options["playing"]))

    import streamlit_webrtc

    monkeypatch.setattr(streamlit_webrtc, "webrtc_streamer", streamer)
    return streamer_options


@pytest.fixture
def make_faces() -> Callable[..., Faces]:
    return noise


@pytest.fixture
def make_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "runs"))
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))
    return untrained


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder, server(Path(folder)) as address:
        yield address


@pytest.fixture
def faces() -> Faces:
    return noise()


@pytest.fixture
def run(make_run: Callable[..., Run], faces: Faces) -> Run:
    return make_run(faces, "tiny")
