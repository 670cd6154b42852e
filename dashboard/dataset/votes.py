"""Annotators' votes compared with the labels of a dataset."""

import numpy as np

from ferkit.data.faces import Faces

__all__ = ["agreement"]

SYNONYMS = {
    "happiness": "happy",
    "sadness": "sad",
    "anger": "angry",
    "disgusted": "disgust",
    "surprised": "surprise",
    "fearful": "fear",
}


def agreement(faces: Faces) -> tuple[float, dict[str, float]] | None:
    """Share of faces whose label is what most annotators chose, in [0, 1]: of all, and per class.

    Vote names are matched to class names, "happiness" to "happy" and so on; a majority for "unknown" agrees with no
    label. None where there are no votes for any class.
    """
    chosen = np.array([_class_of(name, faces.classes) for name in faces.vote_names], int)
    if faces.votes is None or not (chosen >= 0).any():
        return None
    voted = faces.votes.any(1)
    labels = faces.labels[voted]
    agrees = chosen[faces.votes[voted].argmax(1)] == labels
    shares = {name: float(agrees[labels == i].mean()) for i, name in enumerate(faces.classes) if (labels == i).any()}
    return (float(agrees.mean()), shares) if shares else None


def _class_of(vote: str, classes: tuple[str, ...]) -> int:
    """Index of the class that a vote is for; -1 for none."""
    folded = [name.casefold() for name in classes]
    names = (SYNONYMS.get(vote.casefold(), vote.casefold()), vote.casefold())
    return next((folded.index(name) for name in names if name in folded), -1)
