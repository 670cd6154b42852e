"""On whose predictions a search for wrong labels rests: a network agrees with labels that it has learned by heart."""

from collections.abc import Iterable
from dataclasses import dataclass

from ferkit.evaluate.protocol import HELD_OUT, OUT_OF_FOLD, protocol
from ferkit.runs import Run

__all__ = ["Basis", "choose", "out_of_fold"]


@dataclass(frozen=True)
class Basis:
    """Predictions of one run on one split, and whether the run was trained on these faces."""

    run: Run
    split: str
    kind: str  # as `ferkit.evaluate.protocol.protocol` names it

    @property
    def sound(self) -> bool:
        """Whether no prediction comes from a network that was trained on the face."""
        return self.kind in (HELD_OUT, OUT_OF_FOLD)

    @property
    def sentence(self) -> str:
        """What the search rests on, in one sentence."""
        if self.kind == OUT_OF_FOLD:
            folds = self.run.manifest.crossval.folds if self.run.manifest.crossval else 0
            return (
                f"It rests on out-of-fold predictions: a network scored each of {folds} folds, trained on the others."
            )
        if self.kind == HELD_OUT:
            return f"It rests on predictions for {self.split}, which the run was not trained on."
        return (
            f"The run was trained on {self.split}, labels included, so it repeats many wrong ones: choose another "
            "split or a cross-validated run."
        )


def choose(run: Run, dataset: str, split: str, others: Iterable[Run]) -> Basis:
    """The run's own predictions on `split` of `dataset` where it was not trained on these faces; else those of a
    cross-validated run on the same dataset among `others`; else its own all the same."""
    own = Basis(run, split, protocol(run, split, dataset))
    crossval = None if own.sound else out_of_fold(run, others)
    return own if crossval is None else Basis(crossval, "train", OUT_OF_FOLD)


def out_of_fold(run: Run, others: Iterable[Run]) -> Run | None:
    """The most accurate cross-validated run on the dataset that `run` was trained on; None where there is none."""
    data = run.manifest.data
    fitting = [
        other
        for other in others
        if other.manifest.crossval
        and other.manifest.data.fingerprint == data.fingerprint
        and other.classes == run.classes
        and "train" in other.manifest.scores
    ]
    return max(fitting, key=lambda other: other.manifest.scores["train"].accuracy, default=None)
