"""The training faces nearest to those of a photo: what the network has seen that looks the same to it."""

import numpy as np
import streamlit as st

from dashboard import load, words
from dashboard.components.tiles import Tile, tile_grid
from dashboard.faces.training_faces import import_hint, train_faces
from ferkit.colours import of_classes
from ferkit.data.faces import Faces
from ferkit.embed.neighbours import nearest
from ferkit.predict.photo import FaceReading
from ferkit.runs import Run

__all__ = ["offer", "show"]

MOST = 5  # training faces of each face
MEANING = (
    "Nearest training faces are those whose features have the largest cosine; ⚠ marks a label other than the answer."
)


def offer(run: Run, key: str) -> Faces | None:
    """The faces the run was trained on once the visitor has asked for the nearest of them; until then a button, and
    where the dataset is not here how to bring it."""
    train = train_faces(run.dataset, run.manifest.data.fingerprint)
    if train is None:
        st.caption(f"Nearest training faces need the images. {import_hint(run.dataset)}")
        return None
    asked = f"{key}-nearest"
    if not st.session_state.get(asked):
        label = "Find the nearest training faces"
        st.button(
            label, icon=":material/group_search:", key=f"{key}-find-nearest",
            help=f"All {len(train):,} of {run.dataset} go through the network once: some ten seconds.",
            on_click=lambda: st.session_state.update({asked: True}),
        )  # fmt: skip
        return None
    st.caption(MEANING)
    return train


def show(face: FaceReading, train: Faces, run: Run, key: str) -> None:
    """The nearest of them with their labels, the most similar first."""
    if face.features is None:
        return
    rows, cosine = nearest(_features(train, run), face.features, MOST)
    colours = of_classes(run.classes)
    names = [train.classes[label] for label in train.labels[rows]]
    tiles = [
        Tile(i, name, ("" if name == face.label else "⚠ ") + words.percent(float(alike), 0), colours.get(name, ""))
        for i, (name, alike) in enumerate(zip(names, cosine, strict=True))
    ]
    tile_grid(train.images[rows], tiles, key=key, size=64)


def _features(train: Faces, run: Run) -> np.ndarray:
    """Of all training faces, float16 (N, D), computed once."""

    def make() -> np.ndarray:
        from ferkit.evaluate.nearest_train import features_of

        with st.spinner(f"Reading {len(train):,} training faces …", show_time=True):
            return features_of(load.classifier(run), train.images)

    features: np.ndarray = load.cached(("train features", run.key, train.fingerprint), make)
    return features
