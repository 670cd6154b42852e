"""What the run scores on corrupted faces, per emotion, and which faces a corruption breaks."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load, parameters
from dashboard.charts import corruption as charts
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.results import ceiling
from dashboard.slices.shown import Shown
from dashboard.state import narrow, put, value
from dashboard.view import View
from dashboard.words import code, percent, plain
from ferkit.colours import of_classes
from ferkit.evaluate.corrupted_faces import rescored
from ferkit.runs.robustness import RECALL

__all__ = ["show"]


def show(view: View) -> Shown:
    """Kinds by strengths as cells; a click shows what that does to each emotion, and the faces it breaks."""
    if not view.results.has(view.split, "-robustness.parquet"):
        command = f"python -m ferkit robustness {view.run.name} --data '{view.selection.data}' --split {view.split}"
        st.info(f"**{plain(view.run.name)}** has not been scored on corrupted faces yet: {code(command)}")
        return Shown()
    with load.show_errors():
        stored, faces = _stored(view)
    scores = _of_selection(view, stored, faces)
    if scores is None:
        return Shown()
    chosen = value(parameters.CORRUPTED)
    if chosen not in faces:
        chosen = ""
    only = view.selection.true if view.selection.true in view.classes else ""
    chart(charts.cells(scores, only, chosen), key="slices-corruptions", on_click=_choose)
    if view.selection.without("true", "pred", "outcome").filtered or view.dedup:
        st.caption(f"Computed on the {scores['n'].iloc[0]:,} faces that pass the other filters.")
    if not chosen:
        st.caption("A click on a cell shows what the corruption does to each emotion, and the faces that it breaks.")
        return Shown()
    kind, _, strength = chosen.rpartition(" ")
    part = scores[(scores["kind"] == kind) | (scores["strength"] == 0)]
    colours = of_classes(view.classes)
    spec = ceiling.with_line(
        charts.lines(part, kind, view.classes, colours), view.selection.data, view.split, dedup=view.dedup
    )
    chart(spec, key="slices-strengths", on_click=_choose)
    at = part[part["strength"] == int(strength)].iloc[0] if int(strength) else part.iloc[0]
    _recall(view, part.iloc[0], at, chosen)
    return _broken(view, faces, chosen)


def _stored(view: View) -> tuple[pd.DataFrame, pd.DataFrame]:
    path = view.results.path
    key = [load.key_of(path / f"{view.split}{end}") for end in ("-robustness.parquet", "-corrupted.parquet")]
    stored: tuple[pd.DataFrame, pd.DataFrame] = load.cached(
        ("corrupted", *key), lambda: (view.results.robustness(view.split), view.results.corrupted(view.split))
    )
    return stored


def _of_selection(view: View, scores: pd.DataFrame, faces: pd.DataFrame) -> pd.DataFrame | None:
    """The scores on the faces that pass the filters other than class, prediction and outcome, by which the page itself
    is read; None, after saying so, where no such face was corrupted."""
    rows = view.rows(ignore=("true", "pred", "outcome"))
    places = pd.Index(faces["id"]).get_indexer(view.frame["id"].to_numpy()[rows])
    rows, places = rows[places >= 0], places[places >= 0]
    if len(rows) == len(faces):
        return scores
    if not len(rows):
        st.info("No corrupted face passes these filters. Remove one above.", icon=":material/search_off:")
        return None
    return rescored(scores, faces, places, view.frame["label"].to_numpy()[rows], view.classes)


def _choose(chosen: str) -> None:
    put(parameters.CORRUPTED, "" if chosen == value(parameters.CORRUPTED) else str(chosen))


def _recall(view: View, released: pd.Series, at: pd.Series, chosen: str) -> None:
    """A row per emotion; a click narrows to it."""
    rows = [
        {"class": name, "before": released[RECALL + name], "after": at[RECALL + name],
         "lost": 100 * (at[RECALL + name] - released[RECALL + name])}
        for name in view.classes if pd.notna(released[RECALL + name])
    ]  # fmt: skip
    columns = {
        "class": Column("Emotion"),
        "before": Column("Recall as released", percent),
        "after": Column(f"with {chosen}", percent),
        "lost": Column("Difference", lambda d: f"{d:+.1f} points".replace("-", "−")),
    }
    names = [str(row["class"]) for row in rows]
    table(
        rows, columns, title=f"Recall with {chosen}", key="slices-recall",
        chosen=[i for i, name in enumerate(names) if name == view.selection.true],
        on_click=lambda i: narrow(true="" if view.selection.true == names[i] else names[i]),
    )  # fmt: skip


def _broken(view: View, faces: pd.DataFrame, chosen: str) -> Shown:
    """The faces that are right as released and wrong under the corruption."""
    rows = pd.Index(faces["id"]).get_indexer(view.frame["id"].to_numpy())
    labels, found = view.frame["label"].to_numpy(), rows >= 0

    def predicted(name: str) -> np.ndarray:
        return np.where(found, faces[name].to_numpy().astype(int)[rows], -1)

    released = next(name for name in faces.columns if name.endswith(" 0"))
    after = predicted(chosen)
    broken = found & (predicted(released) == labels) & (after != labels)

    def notes(shown: np.ndarray) -> list[str]:
        return [f"→ {view.classes[after[row]]}" for row in shown]

    def sentence(n: int) -> str:
        return f"**{n:,} {'face' if n == 1 else 'faces'}** right as released and wrong with {plain(chosen)}"

    return Shown(broken, sentence, notes)
