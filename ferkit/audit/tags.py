"""Tags: yes-or-no facts of single faces, each a pure function of arrays, by which failures are narrowed down.

known = Known(labels, probabilities, others={"lenet": predicted}, crowd=crowd)
compute(known)["people err too"]  # bool (N,)

`TAGS` states each tag's name, its meaning in one sentence and what it needs; `compute` returns those whose needs are
met. Nothing here is slow: neighbours, distances and image properties are computed before and given as arrays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ferkit.audit.crowd import Crowd
from ferkit.audit.crowd_errors import LEAST
from ferkit.audit.label_issues import find

__all__ = ["TAGS", "Known", "Tag", "compute", "neighbours_differ"]

SURE = 0.9  # probability of the predicted class from which a prediction is confident
UNSURE = 0.5  # probability of the predicted class below which it is unsure
UNANIMOUS = 0.5  # share of the votes for one choice below which the crowd is unsure


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of N faces; what is not known is None or empty."""

    labels: np.ndarray  # int (N,)
    probabilities: np.ndarray  # float (N, C), calibrated
    others: Mapping[str, np.ndarray] = field(default_factory=dict)  # run -> its predictions, int (N,); -1: not scored
    neighbours: np.ndarray | None = None  # int (N, k): labels of the most similar other faces
    far: np.ndarray | None = None  # bool (N,): further from the training faces than nearly all are
    leaked: np.ndarray | None = None  # bool (N,): the exact pixels are also in train
    near_duplicate: np.ndarray | None = None  # bool (N,)
    crowd: Crowd | None = None
    dark: np.ndarray | None = None  # bool (N,), as the two below: see `ferkit.audit.quality`
    bright: np.ndarray | None = None
    blurred: np.ndarray | None = None
    noted: np.ndarray | None = None  # bool (N,): there is a note on the face

    @cached_property
    def predicted(self) -> np.ndarray:
        """int (N,)."""
        return self.probabilities.argmax(1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """Probability of the predicted class, float (N,)."""
        return self.probabilities.max(1)

    @cached_property
    def wrong(self) -> np.ndarray:
        """bool (N,)."""
        return self.predicted != self.labels

    @cached_property
    def table(self) -> np.ndarray | None:
        """Predictions of all runs, int (R, N), this one first; None where there is no other run that scored a face."""
        scored = [pred for pred in self.others.values() if (pred >= 0).any()]
        return np.stack([self.predicted, *scored]) if scored else None


@dataclass(frozen=True)
class Tag:
    """A fact of a face, and how it is found."""

    name: str
    meaning: str  # one sentence
    needs: str  # the field of Known without which it is not known; "" where labels and probabilities are enough
    find: Callable[[Known], np.ndarray]


def _second_guess(known: Known) -> np.ndarray:
    rest = known.probabilities.copy()
    rest[np.arange(len(rest)), known.predicted] = -1
    return known.wrong & (rest.argmax(1) == known.labels)


def _suspect(known: Known) -> np.ndarray:
    return find(known.labels, known.probabilities).suspect if len(known.labels) else np.zeros(0, bool)


def _all_wrong(known: Known) -> np.ndarray:
    table = _table(known)
    return (table != known.labels).all(0) & (table >= 0).all(0)  # type: ignore[no-any-return]


def _only_this_wrong(known: Known) -> np.ndarray:
    others = _table(known)[1:]
    scored = (others >= 0).any(0)
    return known.wrong & scored & ((others == known.labels) | (others < 0)).all(0)  # type: ignore[no-any-return]


def _disagree(known: Known) -> np.ndarray:
    table = _table(known)
    return ((table != table[0]) & (table >= 0)).any(0)  # type: ignore[no-any-return]


def neighbours_differ(labels: np.ndarray, neighbours: np.ndarray) -> np.ndarray:
    """bool (N,): more than half of a face's `neighbours`, labels (N, k), are of one class that is not its label."""
    same = neighbours[:, :, None] == neighbours[:, None, :]
    most = same.sum(2)  # how many neighbours share each neighbour's label
    leading = np.take_along_axis(neighbours, most.argmax(1)[:, None], 1)[:, 0]
    return (most.max(1) * 2 > neighbours.shape[1]) & (leading != labels)  # type: ignore[no-any-return]


def _people_too(known: Known) -> np.ndarray:
    assert known.crowd is not None
    return known.wrong & (known.crowd.voters_for(known.predicted) >= LEAST)


def _model_only(known: Known) -> np.ndarray:
    assert known.crowd is not None
    return known.wrong & (known.crowd.total > 0) & (known.crowd.voters_for(known.predicted) < LEAST)


def _crowd_disagrees(known: Known) -> np.ndarray:
    assert known.crowd is not None
    return known.crowd.disputes(known.labels)


def _crowd_unsure(known: Known) -> np.ndarray:
    assert known.crowd is not None
    return known.crowd.unanimity < UNANIMOUS  # not where nobody voted: nan


def _table(known: Known) -> np.ndarray:
    assert known.table is not None
    return known.table


def _given(values: np.ndarray | None) -> np.ndarray:
    assert values is not None
    return values


TAGS: dict[str, Tag] = {
    tag.name: tag
    for tag in (
        Tag("confident and wrong", f"Wrong with a confidence of {SURE:.0%} or more.", "",
            lambda known: known.wrong & (known.confidence >= SURE)),
        Tag("second guess right", "Wrong, and the second most probable class is the label.", "", _second_guess),
        Tag("unsure", f"The predicted class has a probability below {UNSURE:.0%}.", "",
            lambda known: known.confidence < UNSURE),
        Tag("suspect label", "By confident learning the face is of another class than its label.", "", _suspect),
        Tag("all runs wrong", "Every run that was scored on this split is wrong.", "table", _all_wrong),
        Tag("only this run wrong", "This run is wrong and every other one is right.", "table", _only_this_wrong),
        Tag("runs disagree", "Another run predicts another class.", "table", _disagree),
        Tag("neighbours of another class",
            "Most of the 10 most similar faces, in the network's features, have one other label.", "neighbours",
            lambda known: neighbours_differ(known.labels, _given(known.neighbours))),
        Tag("far from training",
            "Further from the training faces, in the network's features, than 99% of the faces of the split.", "far",
            lambda known: _given(known.far)),
        Tag("exact copy in train", "The same pixels are also in the training data.", "leaked",
            lambda known: _given(known.leaked)),
        Tag("near duplicate", "Another face of the dataset looks nearly the same.", "near_duplicate",
            lambda known: _given(known.near_duplicate)),
        Tag("crowd disagrees", "More people chose another answer than the label.", "crowd", _crowd_disagrees),
        Tag("crowd unsure", "No answer has half of the votes.", "crowd", _crowd_unsure),
        Tag("people err too", f"Wrong, and {LEAST} people or more chose the predicted class.", "crowd", _people_too),
        Tag("only the model errs", f"Wrong, and fewer than {LEAST} people chose the predicted class.", "crowd",
            _model_only),
        Tag("dark", "The image is dark.", "dark", lambda known: _given(known.dark)),
        Tag("bright", "The image is overexposed.", "bright", lambda known: _given(known.bright)),
        Tag("blurred", "The image is blurred.", "blurred", lambda known: _given(known.blurred)),
        Tag("noted", "There is a note on the face.", "noted", lambda known: _given(known.noted)),
    )
}  # fmt: skip


def compute(known: Known) -> dict[str, np.ndarray]:
    """The tags whose needs are met, in the order of `TAGS`: bool (N,) each."""
    found = (tag for tag in TAGS.values() if not tag.needs or getattr(known, tag.needs) is not None)
    return {tag.name: tag.find(known).astype(bool) for tag in found}
