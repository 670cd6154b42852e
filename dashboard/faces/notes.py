"""The note on a face, in its panel: a mark, the label it should have, a tag of one's own, and words. Every change is
kept at once."""

import getpass
from typing import Any

import streamlit as st

from dashboard import traits
from dashboard.view import View
from dashboard.words import plain
from ferkit.data import notes
from ferkit.data.notes import LONGEST, MARKS, Note
from ferkit.errors import FerkitError

__all__ = ["show"]

WRONG_LABEL = MARKS[0]
ERROR = "note-error"


def show(view: View, row: int) -> None:
    """The fields of the note on the face in row `row` of the View, to fill in and to change."""
    dataset, face = view.selection.data, str(view.frame["id"].iat[row])
    try:
        note = notes.read(dataset).get(face, Note(face))
    except FerkitError as error:
        st.caption(f"No notes: {plain(str(error))}")
        return
    key = f"note-{face}-"
    for name in ("label", "tag", "text"):
        st.session_state[key + name] = getattr(note, name)
    st.session_state[key + "mark"] = note.mark or None
    save: dict[str, Any] = {"on_change": _save, "args": (view, row, key)}
    st.pills("Mark this face", MARKS, key=f"{key}mark", **save)
    if note.mark == WRONG_LABEL:
        others = ["", *(name for i, name in enumerate(view.classes) if i != view.frame["label"].iat[row])]
        if note.label not in others:
            others.append(note.label)
        st.selectbox(
            "It should be",
            others,
            key=f"{key}label",
            format_func=lambda name: plain(name) if name else "not said",
            **save,
        )
    left, right = st.columns(2, gap="small", wrap=False)
    left.text_input("Own tag", key=f"{key}tag", max_chars=LONGEST["tag"], **save)
    right.text_area("Comment", key=f"{key}text", max_chars=LONGEST["text"], height=68, **save)
    if problem := st.session_state.pop(ERROR, ""):
        st.error(plain(problem), icon=":material/error:")
    elif note.changed:
        by = f" by {plain(note.author)}" if note.author else ""
        st.caption(f"Kept {note.changed[:16].replace('T', ' ')} UTC{by}.")


def _save(view: View, row: int, key: str) -> None:
    given = {name: st.session_state.get(key + name) or "" for name in ("mark", "label", "tag", "text")}
    if given["mark"] != WRONG_LABEL:
        given["label"] = ""
    face = str(view.frame["id"].iat[row])
    try:
        before = notes.read(view.selection.data).get(face, Note(face))
        if given["mark"] == WRONG_LABEL != before.mark:
            given["label"] = _proposed(view, row)
        notes.write(view.selection.data, Note(face, author=_author(), **given))
    except FerkitError as error:
        st.session_state[ERROR] = str(error)


def _proposed(view: View, row: int) -> str:
    """What most people chose, else what the run predicts, where it is not the label; "" otherwise."""
    crowd, label = traits.crowd(view), int(view.frame["label"].to_numpy()[row])
    majority = -1 if crowd is None else int(crowd.majority[row])
    proposed = majority if majority >= 0 else int(view.frame["pred"].to_numpy()[row])
    return view.classes[proposed] if proposed != label else ""


def _author() -> str:
    try:
        return getpass.getuser()[: LONGEST["author"]]
    except (OSError, KeyError, ImportError):  # no such user here
        return ""
