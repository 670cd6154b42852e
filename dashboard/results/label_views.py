"""The views of the Labels page: the crowd's votes, and suspect labels. A click on a chart narrows the Selection."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters, traits
from dashboard.charts import labels as charts
from dashboard.components.chart import chart
from dashboard.results import labels
from dashboard.results.labels import ALL, ONLY_MODEL, OUTVOTED, PEOPLE_TOO, SUSPECT, Votes
from dashboard.selection import Selection
from dashboard.state import current, narrow, value
from dashboard.view import View
from dashboard.words import plain
from ferkit.audit.label_basis import out_of_fold
from ferkit.colours import of_classes

__all__ = ["EXPLAINED", "crowd", "issues"]

AIMS = (PEOPLE_TOO, ONLY_MODEL, OUTVOTED, SUSPECT)  # tags of which the page sets one at a time
AGREEMENT, ENTROPY = "votes for the label", "entropy of the votes"  # properties

EXPLAINED = (
    "People make an error too where two of them or more chose the predicted class. The crowd outvotes a label "
    "where another answer has more votes. One person against the others: each vote is left out in turn and compared "
    "with what most of the rest chose. A press on a bar shows its faces."
)


def crowd(view: View) -> None:
    """One of four charts of the votes, over the faces of the Selection's other filters."""
    controls.show(controls.segments(parameters.VOTES, "Chart", list(CHARTS), bare=True), key="votes")
    which = value(parameters.VOTES, CHARTS)
    votes = labels.of_votes(view, view.rows(ignore=IGNORED[which]))
    if votes is None:
        st.info("Nobody voted on these faces. Remove a filter above.", icon=":material/search_off:")
    else:
        CHARTS[which](votes, view, current())


def _errors(votes: Votes, view: View, now: Selection) -> None:
    chosen = [(now.true or ALL, tag) for tag in now.tags]
    chart(charts.kinds(votes.kinds, chosen), key="labels-kinds", on_click=_of_kind)


def _agreement(votes: Votes, view: View, now: Selection) -> None:
    chosen = [(low, high) for name, low, high in now.slices if name == AGREEMENT]
    figure = charts.error_by_agreement(votes.rates, votes.human.share, chosen)
    chart(figure, key="labels-agreement", on_click=lambda ends: _sliced(AGREEMENT, ends))


def _entropy(votes: Votes, view: View, now: Selection) -> None:
    chosen = [(low, high) for name, low, high in now.slices if name == ENTROPY]
    chart(charts.entropy(votes.bits, chosen), key="labels-entropy", on_click=lambda ends: _sliced(ENTROPY, ends))


def _classes(votes: Votes, view: View, now: Selection) -> None:
    chosen = [now.true] if OUTVOTED in now.tags else []
    figure = charts.confirmed(votes.confirmed, of_classes(view.classes), votes.outvoted, chosen)
    chart(figure, key="labels-confirmed", on_click=lambda name: _of_class(name, OUTVOTED))


CHARTS = {"errors": _errors, "agreement": _agreement, "entropy": _entropy, "classes": _classes}
OWN = ("tags", "slices", "outcome")  # filters that a chart sets or rests on
IGNORED = {"errors": (*OWN, "true"), "agreement": OWN, "entropy": OWN, "classes": (*OWN, "true", "pred")}


def issues(view: View) -> None:
    """Suspect labels by class, and what the search for them rests on."""
    rows = view.rows(ignore=("tags", "slices", "outcome", "true", "pred"))
    names, label = view.classes, view.frame["label"].to_numpy()[rows]
    suspect = traits.tags(view)[SUSPECT][rows]
    found, totals = (np.bincount(part, minlength=len(names)).tolist() for part in (label[suspect], label))
    st.markdown(labels.suspect_sentence(view, rows))
    _basis(view)
    now = current()
    figure = charts.suspects(
        dict(zip(names, found, strict=True)),
        dict(zip(names, totals, strict=True)),
        of_classes(names),
        [now.true] if SUSPECT in now.tags else [],
    )
    chart(figure, key="labels-suspects", on_click=lambda name: _of_class(name, SUSPECT))


def _basis(view: View) -> None:
    st.caption(
        labels.basis(view).sentence,
        help="Confident learning (Northcutt et al. 2021): a label is suspect where the network is surer of another "
        "class than it is, on average, of the faces that have that class. By loss, the most doubtful comes first.",
    )
    _better_basis(view)


def _better_basis(view: View) -> None:
    """A button to the cross-validated run where there is one and the faces are training faces."""
    if labels.basis(view).run.name != view.run.name:
        other = labels.basis(view)
        st.button(
            f"Use {plain(other.run.name)}", icon=":material/swap_horiz:", key="labels-basis",
            on_click=lambda: narrow(run=other.run.name, split=other.split),
        )  # fmt: skip
    elif view.split != "train" and (run := out_of_fold(view.run, load.all_runs().values())):
        st.button(
            f"Search the training faces by {plain(run.name)}", icon=":material/model_training:", key="labels-basis",
            on_click=lambda: narrow(run=run.name, split="train"),
        )  # fmt: skip


def _of_kind(part: Any) -> None:
    """Select a kind of error on all classes or on one; a second press deselects it."""
    now, (name, tag) = current(), part
    true = "" if name == ALL else name
    again = tag in now.tags and now.true == true
    kept = tuple(one for one in now.tags if one not in AIMS)
    narrow(true="" if again else true, tags=kept if again else (*kept, tag), outcome="")


def _sliced(column: str, ends: Any) -> None:
    now = current().slices
    part = (column, float(ends[0]), float(ends[1]))
    kept = tuple(one for one in now if one[0] != column)
    narrow(slices=kept if part in now else (*kept, part))


def _of_class(name: Any, tag: str) -> None:
    now = current()
    kept = tuple(one for one in now.tags if one not in AIMS)
    again = now.true == name and tag in now.tags
    narrow(true="" if again else name, tags=kept if again else (*kept, tag))
