"""All notes on a dataset: as a table, as CSV out and in, and what the corrected labels change in the scores."""

from dataclasses import asdict

import streamlit as st

from dashboard import load
from dashboard.components.table import Column, Mark, table
from dashboard.state import narrow
from dashboard.view import View
from dashboard.words import percent, plain, points
from ferkit.data import notes, notes_csv
from ferkit.data.corrections import NOTES, Corrections
from ferkit.data.notes import Note
from ferkit.errors import FerkitError
from ferkit.evaluate.corrections import Effect, effect

__all__ = ["show"]

MOST = 2000  # rows of the table; the CSV has all
COLUMNS = {
    "face": Column("Face", lambda face: face.rsplit("/", 1)[-1]),
    "mark": Column("Mark"),
    "label": Column("Should be"),
    "tag": Column("Own tag"),
    "text": Column("Comment", lambda text: " ".join(text.split())[:60]),
    "changed": Column("Changed (UTC)", lambda when: when[:16].replace("T", " ")),
    "author": Column("By"),
}
DONE = "notes-imported"


def show(view: View) -> None:
    """The notes on the View's dataset."""
    try:
        kept = list(notes.read(view.selection.data).values())
    except FerkitError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if kept:
        _effect(view, kept)
        here = set(view.frame["id"].tolist())
        shown = kept[:MOST]

        def opened(i: int) -> None:
            if shown[i].face in here:
                narrow(face=shown[i].face)

        table(
            [asdict(note) for note in shown], COLUMNS, title=f"{len(kept):,} notes on {view.selection.data}",
            key="notes-table", height=320, on_click=opened,
        )  # fmt: skip
        st.caption("A press on a row opens the face, where this split has it.")
    else:
        st.info(
            "No notes yet. Open a face and mark it: wrong label, ambiguous, bad crop, not a face, or a tag of your "
            "own.",
            icon=":material/edit_note:",
        )
    _exchange(view, kept)


def _effect(view: View, kept: list[Note]) -> None:
    """Scores with and without the corrected labels, on the faces of this View."""
    labels = {note.face: note.label for note in kept if note.label}
    if not labels:
        return
    try:
        found = effect(view.results, view.split, Corrections(NOTES, labels))
    except FerkitError:
        st.caption(f"None of the {len(labels):,} corrected labels is on {plain(view.split)}.")
        return
    st.markdown(f"**{plain(found.sentence)}**")
    if len(found.changed):
        table(
            _scores(found, view.classes),
            {name: Column(title) for name, title in (("score", ""), ("before", "as released"), ("after", "corrected"),
                                                     ("difference", "difference"))},
            title="Scores with and without the corrections",
            key="notes-effect",
            marks=_marks(found),
        )  # fmt: skip
    command = f"python -m ferkit train … --data '{view.selection.data}' --corrections notes"
    st.caption(f"Train on the corrected labels: `{command.replace('`', '')}`")


def _scores(found: Effect, classes: tuple[str, ...]) -> list[dict[str, str]]:
    rows: list[tuple[str, float, float, tuple[float, float] | None]] = [
        ("Accuracy", found.before["accuracy"], found.after["accuracy"], found.accuracy_interval),
        ("Macro-F1", found.before["macro_f1"], found.after["macro_f1"], found.macro_f1_interval),
    ]
    recall = zip(classes, found.recall_before.tolist(), found.recall_after.tolist(), strict=True)
    rows += [(f"Recall of {name}", before, after, None) for name, before, after in recall if before != after]
    return [
        {"score": name, "before": percent(before), "after": percent(after), "difference": points(after - before, ends)}
        for name, before, after, ends in rows
    ]


def _marks(found: Effect) -> dict[tuple[int, str], Mark]:
    if found.p >= 0.05:
        return {}
    return {(0, "difference"): "better" if found.accuracy > 0 else "worse"}


def _exchange(view: View, kept: list[Note]) -> None:
    """CSV out and in."""
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    left.download_button(
        "Download as CSV", lambda: notes_csv.as_csv(kept).encode(), f"{view.selection.data}-notes.csv", "text/csv",
        icon=":material/download:", disabled=not kept, key="notes-export",
    )  # fmt: skip
    with right.popover("Bring in a CSV", icon=":material/upload:"):
        file = st.file_uploader("Notes as CSV", "csv", key="notes-file", max_upload_size=64)
        st.caption(f"Columns: {', '.join(notes_csv.COLUMNS)}. A row takes the place of the note its face had.")
        if (
            st.button("Keep these notes", type="primary", disabled=file is None, key="notes-import")
            and file is not None
        ):
            _bring_in(view, file.getvalue())
    if done := st.session_state.pop(DONE, ""):
        st.success(done, icon=":material/check:")


def _bring_in(view: View, content: bytes) -> None:
    with load.show_errors():
        given = notes_csv.from_csv(content, view.images.faces)
        notes.write(view.selection.data, *given, classes=view.classes)
    st.session_state[DONE] = "1 note is kept." if len(given) == 1 else f"{len(given):,} notes are kept."
    st.rerun()
