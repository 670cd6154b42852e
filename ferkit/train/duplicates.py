"""Which training faces are better left out."""

import numpy as np

from ferkit.data.faces import Faces

__all__ = ["without_duplicates"]

NO_FACE = ("nf", "not a face", "not-a-face", "no face")  # names of votes for "there is no face"


def without_duplicates(train: Faces) -> Faces:
    """The first of each group of pixel-identical faces, without those that most votes call no face; all of it where
    there are no votes."""
    keep = np.zeros(len(train), bool)
    keep[np.unique(train.groups, return_index=True)[1]] = True
    none = [i for i, name in enumerate(train.vote_names) if name.casefold() in NO_FACE]
    if train.votes is not None and none:
        keep &= train.votes[:, none].sum(1, dtype=int) * 2 <= train.votes.sum(1, dtype=int)
    return train.select(keep)
