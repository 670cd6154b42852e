"""The coordinates of logged faces on the basis of their run's reference, computed in the thread that writes the log.

Features that came with the prediction are used; else the crop goes through the network once more, unless this process
runs without torch (`ferkit serve --engine onnx`), which then logs no coordinates.
"""

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from ferkit.monitor.features import Basis, as_text
from ferkit.predict.photo import FaceReading

__all__ = ["coordinates"]

Features = Callable[[np.ndarray], np.ndarray]  # uint8 (N, size, size[, 3]) -> (N, D)


def coordinates(run: str, faces: Sequence[FaceReading]) -> list[str | None]:
    """A text of each face as the log keeps it, None where there is none: no reference with a basis, no crop."""
    basis = _basis(run)
    if basis is None:
        return [None] * len(faces)
    found: list[str | None] = [None] * len(faces)
    for i, face in enumerate(faces):
        features = _features(run, face)
        if features is not None and features.shape == (len(basis.mean),):
            found[i] = as_text(basis.coordinates(features[None])[0])
    return found


def _features(run: str, face: FaceReading) -> np.ndarray | None:
    if face.features is not None:
        return face.features
    if face.crop is None or "torch" not in sys.modules:
        return None
    reader = _reader(run)
    features: np.ndarray | None = None if reader is None else reader(face.crop[None])[0]
    return features


@lru_cache(maxsize=8)
def _basis(run: str) -> Basis | None:
    from ferkit.errors import FerkitError
    from ferkit.monitor.reference import read
    from ferkit.runs import open_run

    try:
        reference = read(open_run(run))
    except FerkitError:
        return None
    return None if reference is None else reference.basis


@lru_cache(maxsize=2)
def _reader(run: str) -> Features | None:
    from ferkit.errors import FerkitError
    from ferkit.evaluate.nearest_train import features_of
    from ferkit.predict.classifier import Classifier
    from ferkit.runs import open_run

    try:
        classifier = Classifier.open(open_run(run))
    except FerkitError:
        return None
    return lambda crops: features_of(classifier, crops)
