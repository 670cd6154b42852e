"""One vocabulary for a run and a dataset that name their classes alike but order or spell them otherwise."""

from collections.abc import Sequence

import numpy as np

from ferkit.errors import DataError

__all__ = ["label_map"]


def label_map(run_classes: Sequence[str], dataset_classes: Sequence[str]) -> np.ndarray:
    """int16 (len(dataset_classes),): the run's index of each class of the dataset, by name, in any order and any case.

    Raises DataError for a class the run does not know.
    """
    folded = {name.strip().casefold(): i for i, name in enumerate(run_classes)}
    exact = {name: i for i, name in enumerate(run_classes)}
    found = [exact.get(name, folded.get(name.strip().casefold())) for name in dataset_classes]
    if unknown := [name for name, i in zip(dataset_classes, found, strict=True) if i is None]:
        known = ", ".join(run_classes)
        raise DataError(
            f"The run does not know {', '.join(unknown)}; it knows {known}. Leave the class out or choose another run."
        )
    return np.array(found, np.int16)
