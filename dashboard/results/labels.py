"""What the Labels page says of a View, as numbers and sentences: the crowd against the labels, the labels against the
network."""

from dataclasses import dataclass

import numpy as np

from dashboard import load, traits
from dashboard.view import View
from dashboard.words import percent, plain
from ferkit.audit.ceiling import Agreement, ceiling
from ferkit.audit.crowd import Crowd, confirmed
from ferkit.audit.crowd_errors import RateByBin, error_by, errors
from ferkit.audit.label_basis import Basis, choose

__all__ = [
    "ALL", "ONLY_MODEL", "OUTVOTED", "PEOPLE_TOO", "SUSPECT", "Votes", "basis", "crowd_sentence", "of_votes",
    "suspect_sentence",
]  # fmt: skip

PEOPLE_TOO, ONLY_MODEL = "people err too", "only the model errs"
ALL = "all classes"
OUTVOTED, SUSPECT = "crowd disagrees", "suspect label"  # tags


@dataclass(frozen=True, eq=False)
class Votes:
    """The votes on some faces of a View, beside its labels and predictions."""

    n: int  # faces with votes
    kinds: dict[str, dict[str, int]]  # errors by kind: "all" first, then of each class that has some
    rates: RateByBin  # error by the share of the votes for the label
    bits: np.ndarray  # entropy of the votes, NaN where nobody voted
    human: Agreement  # one person against the others
    accuracy: float  # of the model on these faces, against the label
    against_crowd: float  # the same against what most people chose, where they chose a class
    confirmed: dict[str, float]  # share of the labels that the crowd confirms, by class
    outvoted: dict[str, int]  # labels that it outvotes, by class


def of_votes(view: View, rows: np.ndarray) -> Votes | None:
    """The votes on these rows; None where there are none."""
    crowd = traits.crowd(view)
    part = None if crowd is None else crowd.select(rows)
    if part is None or not part.total.any():
        return None
    labels, predicted = (view.frame[name].to_numpy()[rows].astype(np.int64) for name in ("label", "pred"))
    return _votes(part, labels, predicted, view.classes)


def _votes(crowd: Crowd, labels: np.ndarray, predicted: np.ndarray, classes: tuple[str, ...]) -> Votes:
    found, majority = errors(crowd, labels, predicted), crowd.majority
    disputed, shares = crowd.disputes(labels), confirmed(crowd, labels)[1]
    kinds = {PEOPLE_TOO: found.people_too, ONLY_MODEL: found.model_only, "nobody voted": found.no_votes}
    parts = {ALL: np.ones(len(labels), bool)} | {name: labels == c for c, name in enumerate(classes)}
    shown = {kind: which for kind, which in kinds.items() if which.any() or kind != "nobody voted"}
    counted = {name: {kind: int((which & part).sum()) for kind, which in shown.items()} for name, part in parts.items()}
    return Votes(
        n=int((crowd.total > 0).sum()),
        kinds={name: part for name, part in counted.items() if name == ALL or sum(part.values())},
        rates=error_by(crowd.agreement(labels), predicted != labels),
        bits=crowd.entropy,
        human=ceiling(crowd, labels, 0).overall,
        accuracy=float((predicted == labels)[crowd.total > 0].mean()),
        against_crowd=float((predicted == majority)[majority >= 0].mean()) if (majority >= 0).any() else float("nan"),
        confirmed={classes[c]: share for c, share in shares.items()},
        outvoted={classes[c]: int(disputed[labels == c].sum()) for c in shares},
    )


def crowd_sentence(votes: Votes, run: str) -> str:
    """The verdict, in Markdown."""
    human = f"One person agrees with the others on {percent(votes.human.share)} of these {votes.n:,} faces"
    model = f"{plain(run)} with the labels on {percent(votes.accuracy)}"
    known = votes.against_crowd == votes.against_crowd
    crowd = f" and with most people on {percent(votes.against_crowd)}" if known else ""
    total = sum(votes.kinds[ALL].values())
    if not total:
        return f"{human}; {model}{crowd}."
    share = votes.kinds[ALL][PEOPLE_TOO] / total
    return f"{percent(share, 0)} of the {total:,} errors are errors that people make too. {human}; {model}{crowd}."


def basis(view: View) -> Basis:
    """On whose predictions the search for wrong labels should rest."""
    return choose(view.run, view.selection.data, view.split, load.all_runs().values())


def suspect_sentence(view: View, rows: np.ndarray) -> str:
    """How many labels are suspect, and how many of these the crowd outvotes, in Markdown."""
    suspect = traits.tags(view)[SUSPECT][rows]
    n = int(suspect.sum())
    if not n:
        return "No label of these faces is suspect."
    text = f"{n:,} of {len(rows):,} labels are suspect"
    crowd = traits.crowd(view)
    if crowd is None:
        return f"{text}."
    disputed = crowd.disputes(view.frame["label"].to_numpy())[rows]
    outvoted = percent(disputed[suspect].mean(), 0)
    return f"{text}; the crowd outvotes {outvoted} of them, and {percent(disputed.mean(), 0)} of all."
