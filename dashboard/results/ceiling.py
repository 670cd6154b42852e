"""The human ceiling as a line on charts of accuracy, where the dataset has votes."""

import numpy as np

from dashboard import load
from dashboard.words import percent
from ferkit.audit import crowd
from ferkit.audit.ceiling import Agreement, ceiling
from ferkit.data import store
from ferkit.errors import FerkitError

__all__ = ["MEANING", "agreement", "label", "of"]

MEANING = "How often one person chooses what most of the other voters chose."


def of(dataset: str, split: str) -> float | None:
    """The accuracy of one voter against the others on a split ("all" for the whole dataset), in [0, 1]; None where the
    dataset is not here or has no votes for its classes on that split. It reads the votes alone, once per dataset."""
    found = agreement(dataset, split)
    return None if found is None else found.share


def agreement(dataset: str, split: str) -> Agreement | None:
    """As `of`, with the number of faces and a 95% interval."""
    try:
        key = ("ceiling", load.key_of(store.path_of(dataset)), split)
        found: Agreement | None = load.cached(key, lambda: _agreement(dataset, split))
    except FerkitError:  # a broken store is reported on the Dataset page
        return None
    return found


def label(share: float) -> str:
    """What to write at the line."""
    return f"one person {percent(share)}"


def _agreement(dataset: str, split: str) -> Agreement | None:
    if not store.path_of(dataset).is_file():
        return None
    stored = store.votes(dataset)
    voted = crowd.of(stored.votes, stored.names, stored.classes) if stored else None
    if stored is None or voted is None:
        return None
    part = voted if split == "all" else voted.select(stored.splits == split)
    found = ceiling(part, np.zeros(len(part), np.int64), 0).overall
    return found if found.n else None
