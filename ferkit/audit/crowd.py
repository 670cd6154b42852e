"""What the crowd says: how far several people agree on each face, with its label and with each other.

crowd = of_faces(faces)
crowd.entropy, crowd.majority, crowd.disputes(faces.labels)

Plain numpy, for pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferkit.data.faces import Faces

__all__ = ["SYNONYMS", "Crowd", "class_of", "confirmed", "of", "of_faces"]

SYNONYMS = {  # FER+'s names of its choices -> the usual names of the classes
    "happiness": "happy",
    "sadness": "sad",
    "anger": "angry",
    "disgusted": "disgust",
    "surprised": "surprise",
    "fearful": "fear",
}


@dataclass(frozen=True, eq=False)
class Crowd:
    """The votes on N faces: V choices, each of them a class of the dataset or none ("unknown", "not a face")."""

    votes: np.ndarray  # int64 (N, V)
    choice: np.ndarray  # int64 (V,): the class each choice stands for, -1 for none
    classes: int

    def __len__(self) -> int:
        return len(self.votes)

    @property
    def total(self) -> np.ndarray:
        """Votes per face, int64 (N,)."""
        return self.votes.sum(1)

    @property
    def counts(self) -> np.ndarray:
        """Votes for each class, int64 (N, C); choices that are no class are left out."""
        table = np.zeros((len(self), self.classes), np.int64)
        for column, label in enumerate(self.choice):
            if label >= 0:
                table[:, label] += self.votes[:, column]
        return table

    @property
    def shares(self) -> np.ndarray:
        """Share of all votes for each class, float64 (N, C); a row sums to 1 less what went to no class, and to 0
        where nobody voted."""
        return _ratio(self.counts, self.total[:, None])

    @property
    def entropy(self) -> np.ndarray:
        """Entropy of the votes over all V choices in bits, float64 (N,), 0 where all agree and at most log2 V;
        NaN where nobody voted. -sum_v p_v log2 p_v."""
        p = _ratio(self.votes, self.total[:, None])
        bits = -(p * np.log2(np.where(p > 0, p, 1))).sum(1) + 0.0
        return np.where(self.total > 0, bits, np.nan)

    @property
    def unanimity(self) -> np.ndarray:
        """The largest share that one choice has, float64 (N,), in [1 / V, 1]; NaN where nobody voted."""
        return np.where(self.total > 0, _ratio(self.votes.max(1), self.total), np.nan)

    @property
    def majority(self) -> np.ndarray:
        """The class with more votes than any other choice, int64 (N,); -1 for a tie, for no class, for no vote."""
        most = self.votes.max(1, keepdims=True)
        alone = ((self.votes == most).sum(1) == 1) & (most[:, 0] > 0)
        return np.where(alone, self.choice[self.votes.argmax(1)], -1)

    def agreement(self, labels: np.ndarray) -> np.ndarray:
        """Share of the votes for the class `labels` (N,) of each face, float64 (N,); NaN where nobody voted."""
        return np.where(self.total > 0, self.shares[np.arange(len(self)), labels], np.nan)

    def voters_for(self, labels: np.ndarray) -> np.ndarray:
        """How many people chose the class `labels` (N,) of each face, int64 (N,)."""
        return self.counts[np.arange(len(self)), labels]  # type: ignore[no-any-return]

    def disputes(self, labels: np.ndarray) -> np.ndarray:
        """bool (N,): faces on which another choice has more votes than the label. A tie disputes nothing."""
        return self.votes.max(1) > self.voters_for(labels)  # type: ignore[no-any-return]

    def select(self, rows: np.ndarray) -> "Crowd":
        """The votes on the faces at `rows`, a bool mask or indices; a negative index is a face without votes."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        return Crowd(np.where((rows >= 0)[:, None], self.votes[rows], 0), self.choice, self.classes)


def of(votes: np.ndarray, names: Sequence[str], classes: Sequence[str]) -> Crowd | None:
    """Votes (N, V) for choices `names`, which are matched to `classes` by name ("happiness" to "happy" and so on);
    None where no choice is a class."""
    choice = np.array([class_of(name, classes) for name in names], np.int64)
    return Crowd(votes.astype(np.int64), choice, len(classes)) if (choice >= 0).any() else None


def of_faces(faces: Faces) -> Crowd | None:
    """The votes of a dataset; None where it has none, or none for any of its classes."""
    if faces.votes is None or not faces.votes.any():
        return None
    return of(faces.votes, faces.vote_names, faces.classes)


def class_of(choice: str, classes: Sequence[str]) -> int:
    """Index of the class that a choice of the voters stands for; -1 for none."""
    folded = [name.strip().casefold() for name in classes]
    name = choice.strip().casefold()
    return next((folded.index(known) for known in (name, SYNONYMS.get(name, name)) if known in folded), -1)


def confirmed(crowd: Crowd, labels: np.ndarray) -> tuple[float, dict[int, float]]:
    """Share of the faces with votes whose label no other choice outvotes, in [0, 1]: of all, and of each class that has
    such a face."""
    voted = crowd.total > 0
    agrees, of_voted = ~crowd.disputes(labels)[voted], labels[voted]
    shares = {int(c): float(agrees[of_voted == c].mean()) for c in np.unique(of_voted)}
    return (float(agrees.mean()) if len(agrees) else 0.0), shares


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    whole = np.broadcast_to(whole, np.shape(part))
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=whole > 0)
