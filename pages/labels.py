"""Is it the label? What the crowd says of labels and errors, labels that a network doubts, and notes on faces."""

from dataclasses import replace

import streamlit as st

from dashboard import chips, controls, parameters, traits, view
from dashboard.faces import note_table
from dashboard.faces.wall import wall
from dashboard.results import label_views, labels
from dashboard.results.labels import OUTVOTED, SUSPECT
from dashboard.selection import FILTERS, Selection
from dashboard.state import current, put, value
from dashboard.view import View
from dashboard.words import plain

CROWD, ISSUES, NOTES = "Crowd", "Suspect labels", "Notes"
DRAW = {CROWD: label_views.crowd, ISSUES: label_views.issues, NOTES: note_table.show}
AIM = {
    CROWD: (OUTVOTED, "whose label the crowd outvotes"),
    ISSUES: (SUSPECT, "whose label is suspect"),
    NOTES: ("noted", "with a note"),
}


@st.fragment
def explore(looks: list[str]) -> None:
    """Charts and faces side by side: a click runs this and nothing else."""
    shown = view.of(current())
    chips.show(current())
    left, right = st.columns([4, 5], gap="medium")
    with left:
        controls.show(controls.segments(parameters.LABELS, "Look at", looks, bare=True), key="looks")
        look = value(parameters.LABELS, looks)
        _sort(look)
        DRAW[look](shown)
    with right:
        faces(shown, look)


def _sort(look: str) -> None:
    """Suspect labels begin with the most doubtful one, unless another order was chosen."""
    before, st.session_state["labels-look"] = st.session_state.get("labels-look"), look
    if look == ISSUES != before and value(parameters.SORT) == parameters.SORT.default:
        put(parameters.SORT, "loss")


def faces(shown: View, look: str) -> None:
    """The faces of the Selection; where none is chosen, those that the view is about."""
    tag, words = AIM[look]
    aimed = not shown.selection.filtered
    if aimed:
        shown = replace(shown, selection=replace(shown.selection, tags=(tag,)))
    if look == NOTES and aimed and tag not in traits.tags(shown):
        st.caption("Faces with a note appear here.")
        return
    rows = shown.rows()
    count = "1 face" if len(rows) == 1 else f"{len(rows):,} faces"
    st.markdown(f"**{count}** {words if aimed else _chosen(shown.selection)}")
    wall(shown, rows, key="labels", alone=False)


def _chosen(selection: Selection) -> str:
    tags = ", ".join(plain(tag) for tag in selection.tags)
    return f"of the selection ({tags})" if tags else "of the selection"


shown = view.of(current())
votes = labels.of_votes(shown, shown.rows(ignore=FILTERS))
if votes:
    st.markdown(f"**{labels.crowd_sentence(votes, shown.run.name)}**", help=label_views.EXPLAINED)
explore([CROWD, ISSUES, NOTES] if votes else [ISSUES, NOTES])
