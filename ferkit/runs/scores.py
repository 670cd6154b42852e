"""The scores of one run on one split, with their 95% intervals, as run.json and `evaluate --json` hold them."""

from collections.abc import Mapping

from pydantic import model_validator

from ferkit.runs.types import ClassName, Count, Frozen, Interval, Line, Number, Positive, Share, Slope, Split

__all__ = ["ClassScores", "Headline", "Scores", "ScoresBySplit"]


class Headline(Frozen):
    """The scores of a confusion matrix of `n` faces."""

    n: Count
    accuracy: Share
    accuracy_interval: Interval
    macro_f1: Share  # mean F1 over the classes that have a face or a prediction
    macro_f1_interval: Interval
    balanced_accuracy: Share  # mean recall over the classes that have a face


class ClassScores(Frozen):
    """The scores of one class."""

    precision: Share
    recall: Share
    recall_interval: Interval | None = None  # Wilson's
    f1: Share
    support: Count  # faces of the class


class Scores(Headline):
    """All scores of one split of one dataset.

    `ece` and `nll` are of probabilities at the temperature of `ferkit.metrics.Temperature`; `ece_uncalibrated` and
    `nll_uncalibrated` are of softmax(z).
    """

    data: Line = ""  # name of the dataset
    fingerprint: Line = ""  # of the dataset
    top2: Share
    ece: Share  # expected calibration error over 15 bins
    nll: Number  # negative log-likelihood, in nats
    temperature: Positive = 1.0
    temperature_slope: Slope = 0.0
    ece_uncalibrated: Share
    nll_uncalibrated: Number
    per_class: Mapping[ClassName, ClassScores]
    dedup: Headline | None = None  # without faces that are also in the training data; None where that is not known
    flip: Headline | None = None  # of the mean logits of each face and its mirror image
    left_out: Mapping[ClassName, Count] = {}  # faces of classes that the run does not have, which were not scored
    map_outdated: bool = False  # whether the stored map was drawn from other features
    seconds: Number = 0.0

    @property
    def leaked(self) -> int:
        """How many of the faces are also in the training data; 0 where that is not known."""
        return self.n - self.dedup.n if self.dedup else 0

    @model_validator(mode="after")
    def _counts_add_up(self) -> "Scores":
        if self.dedup and self.dedup.n > self.n:
            raise ValueError(f"dedup should count at most the {self.n:,} scored faces, not {self.dedup.n:,}")
        return self


ScoresBySplit = Mapping[Split, Scores]
