"""One set of classes for a run and a dataset that order or spell them differently."""

from collections.abc import Sequence

import numpy as np

from ferkit.errors import DataError

__all__ = ["UNKNOWN", "label_map"]

UNKNOWN = -1
LEAST = 2  # classes that a run and a dataset share


def label_map(run_classes: Sequence[str], dataset_classes: Sequence[str]) -> np.ndarray:
    """int16 (len(dataset_classes),): the run's index of each class of the dataset, by name, in any order and any case;
    `UNKNOWN` for a class that the run does not have.

    Raises DataError where they share fewer than two classes, unless the run knows all of the dataset's.
    """
    folded = {name.strip().casefold(): i for i, name in enumerate(run_classes)}
    exact = {name: i for i, name in enumerate(run_classes)}
    indices = [exact.get(name, folded.get(name.strip().casefold(), UNKNOWN)) for name in dataset_classes]
    unknown = [name for name, i in zip(dataset_classes, indices, strict=True) if i == UNKNOWN]
    if unknown and len(dataset_classes) - len(unknown) < LEAST:
        raise DataError(
            f"The run does not know {', '.join(unknown)}; it knows {', '.join(run_classes)}. A run can be scored on a "
            "dataset that shares two classes with it or more."
        )
    return np.array(indices, np.int16)
