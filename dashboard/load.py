"""Everything the app keeps in memory: the only place with `st.cache_*`, and where a FerkitError is shown as an error on
the page.

Keys hold (path, mtime, size), so that a run trained or a dataset imported meanwhile is seen at the next click.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.words import plain
from ferkit import runs
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.files import runs_dir
from ferkit.runs import Results, Run

if TYPE_CHECKING:
    from ferkit.faces.detect import Detector
    from ferkit.predict.classifier import Classifier

__all__ = [
    "DEMO", "Key", "all_runs", "cached", "cams", "classifier", "detector", "faces", "features", "kernels", "key_of",
    "layout", "photo", "predictions", "quick", "runs_state", "show_errors",
]  # fmt: skip

DEMO = "Demo faces"
QUICK = 300_000_000  # multiply-adds per face that a laptop's processor can do for every frame of a camera
Key = tuple[str, float, int]
States = tuple[tuple[str, tuple[tuple[str, int, int], ...]], ...]  # each run's name and `state_of` it


@contextmanager
def show_errors() -> Iterator[None]:
    """A FerkitError raised in this context becomes `st.error`, and the page ends there."""
    try:
        yield
    except FerkitError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()


def key_of(path: Path) -> Key:
    """(path, mtime, size), with zeros where the file does not exist."""
    stat = path.stat() if path.is_file() else None
    return str(path), stat.st_mtime if stat else 0.0, stat.st_size if stat else 0


def all_runs() -> dict[str, Run]:
    """Every readable run by name; broken ones are left out here and listed on the Overview page."""
    states = runs_state()
    return dict(_all_runs(_digest(states), states))


def quick(run: Run) -> bool:
    """Whether the run is light enough to follow a camera on a laptop."""
    return run.manifest.macs <= QUICK


def runs_state() -> States:
    """What the folder of checkpoints holds by now: a key for what is computed from all runs."""
    folder = runs_dir()
    return tuple((name, runs.state_of(folder / name)) for name in runs.names())


@st.cache_resource(max_entries=4, show_spinner=False)
def _all_runs(digest: str, _states: States) -> dict[str, Run]:
    readable = {}
    for name, state in _states:
        try:
            readable[name] = _run(name, state)
        except FerkitError:
            continue
    return readable


@st.cache_resource(max_entries=400, show_spinner=False)
def _run(name: str, state: tuple[tuple[str, int, int], ...]) -> Run:
    return runs.open_run(name)


def predictions(results: Results, split: str) -> pd.DataFrame:
    """`Results.predictions`, cached."""
    return _predictions(results, split, key_of(results.path / f"{split}.parquet"))


@st.cache_resource(max_entries=24, show_spinner=False)
def _predictions(_results: Results, split: str, key: Key) -> pd.DataFrame:
    return _results.predictions(split)


def features(results: Results, split: str) -> np.ndarray:
    """`Results.features`, cached."""
    return _features(results, split, key_of(results.path / f"{split}-features.npy"))


@st.cache_resource(max_entries=6, show_spinner=False)
def _features(_results: Results, split: str, key: Key) -> np.ndarray:
    return _results.features(split)


def layout(results: Results, split: str) -> pd.DataFrame:
    """`Results.layout`, cached."""
    return _layout(results, split, key_of(results.path / f"{split}-map.parquet"))


@st.cache_resource(max_entries=12, show_spinner=False)
def _layout(_results: Results, split: str, key: Key) -> pd.DataFrame:
    return _results.layout(split)


def cams(results: Results, split: str) -> dict[str, np.ndarray]:
    """`Results.cams`, cached."""
    return _cams(results, split, key_of(results.path / f"{split}-cams.npz"))


@st.cache_resource(max_entries=24, show_spinner=False)
def _cams(_results: Results, split: str, key: Key) -> dict[str, np.ndarray]:
    return _results.cams(split)


def faces(name: str) -> Faces | None:
    """The dataset's faces; None if it is not here or its store is broken, which the Dataset page reports."""
    try:
        return stored_faces(name)
    except FerkitError:
        return None


def stored_faces(name: str) -> Faces | None:
    """The dataset's faces, or None if it is not here; the demo faces are drawn on first use.

    Raises FerkitError for a broken store, or a data folder that cannot be written to.
    """
    if name == DEMO and not store.path_of(DEMO).is_file():
        _draw_demo()
    path = store.path_of(name)
    return _faces(name, key_of(path)) if path.is_file() else None


@st.cache_resource(max_entries=3, show_spinner="Reading the faces …")
def _faces(name: str, key: Key) -> Faces:
    return store.load(name)


@st.cache_resource(max_entries=1, show_spinner="Drawing the demo faces (once, a few seconds) …")
def _draw_demo() -> None:
    from ferkit.data.synthetic import draw

    store.save(draw())


def kernels(run: Run) -> dict[str, np.ndarray]:
    """`stored_kernels` of the run, cached: read from its file, without torch."""
    return _kernels(run, run.key)


@st.cache_resource(max_entries=6, show_spinner=False)
def _kernels(_run: Run, key: Key) -> dict[str, np.ndarray]:
    from ferkit.explain.filters import stored_kernels

    return stored_kernels(_run)


def photo(content: bytes) -> np.ndarray:
    """`open_photo` of an upload, cached for the moment: uint8 RGB (H, W, 3), as large as it is."""
    return _photo(hashlib.sha256(content).hexdigest(), content)


@st.cache_resource(max_entries=2, show_spinner="Opening the photo …")
def _photo(digest: str, _content: bytes) -> np.ndarray:
    from ferkit.images import open_photo

    return open_photo(_content)


def classifier(run: Run) -> "Classifier":
    """The run's network, ready to predict; torch is imported here, once per process."""
    return _classifier(run, run.key)


@st.cache_resource(max_entries=6, show_spinner="Starting the network (a few seconds the first time) …")
def _classifier(_run: Run, key: Key) -> "Classifier":
    from ferkit.predict.classifier import Classifier

    return Classifier.open(_run)


def detector() -> "Detector":
    """YuNet if its file is there, else the Haar cascade that ships with OpenCV."""
    from ferkit.faces import yunet_file

    path = yunet_file()
    return _detector(key_of(path) if path else None)


@st.cache_resource(max_entries=2, show_spinner="Starting the face detector …")
def _detector(key: Key | None) -> "Detector":
    from ferkit.faces import detector as choose

    return choose()


def cached(key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What `make()` returns, made once per `key` and shared by all visitors, who must not change it.

    The key holds numbers, texts, bytes and tuples of them: among them the `key_of` of every file the result rests on. A
    chart whose figure comes from here stays the same object, and so keeps its selection.
    """
    hash(key)  # an array would be cut short in its digest
    return _cached(_digest(key), make)


@st.cache_resource(max_entries=120, show_spinner=False)
def _cached(digest: str, _make: Callable[[], Any]) -> Any:
    return _make()


def _digest(key: tuple[Any, ...]) -> str:
    """Streamlit would look at each part of the key by itself, which takes longer than what most pages compute."""
    return hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()
