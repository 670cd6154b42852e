"""Faces, their reference, and a log of some of them, without a network."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from ferkit.monitor.features import as_text
from ferkit.monitor.reference import Reference, made, measured

CLASSES = ("angry", "happy", "sad")
START = datetime(2026, 3, 1, 12, tzinfo=UTC).replace(tzinfo=None)


def predictions(images: np.ndarray, size: int = 48) -> dict[str, np.ndarray]:
    """Measures of the faces; a confidence and a class that follow from their pixels."""
    values = measured(images, size)
    means = images.reshape(len(images), -1).astype(float)
    confidence = 0.4 + 0.6 * np.minimum(1, means.std(1) / 128)
    return values | {"confidence": confidence, "class": (means[:, ::7].sum(1) % 3).astype(int)}


def features(images: np.ndarray) -> np.ndarray:
    """float (N, 24): what a layer of random weights makes of them."""
    weights = np.random.default_rng(0).normal(size=(images[0].size, 24)) / 100
    return np.maximum(0, (images.reshape(len(images), -1) / 255 - 0.5) @ weights)


def reference(images: np.ndarray, *, basis: bool = True) -> Reference:
    values = predictions(images)
    counts = np.bincount(values.pop("class"), minlength=len(CLASSES))
    by_class = dict(zip(CLASSES, counts.tolist(), strict=True))
    return made(values, by_class, features=features(images) if basis else None)


def log(
    images: np.ndarray, seconds: float = 60.0, source: str = "photo", expected: Reference | None = None
) -> pd.DataFrame:
    """One row per face, as `Store.read` returns it; with the coordinates of its features on the basis of `expected`."""
    values, basis = predictions(images), expected.basis if expected else None
    coordinates = [None] * len(images) if basis is None else map(as_text, basis.coordinates(features(images)))
    return pd.DataFrame(
        {
            "time": pd.to_datetime([START + timedelta(seconds=seconds * i) for i in range(len(images))]),
            "source": source,
            "run": "mine",
            "latency": 20.0 + np.arange(len(images)) % 10,
            "emotion": np.array(CLASSES)[values["class"]],
            **{name: values[name] for name in ("confidence", "brightness", "sharpness")},
            "size": 90.0,
            "features": list(coordinates),
        }
    )
