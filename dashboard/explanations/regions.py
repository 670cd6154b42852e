"""Where in the face the evidence lies: per class, right and wrong apart, per confusion, and against another run."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import parameters, view
from dashboard.assets import publish
from dashboard.charts import regions as charts
from dashboard.components.chart import chart
from dashboard.evidence import record
from dashboard.evidence.record import Stored
from dashboard.explanations import region_picture, region_sentences
from dashboard.explanations.attention import OF
from dashboard.explanations.means import outcome_of
from dashboard.state import current, narrow, value
from dashboard.thumbnail import enlarge
from dashboard.view import View
from dashboard.words import plain
from ferkit.colours import RIGHT, WRONG
from ferkit.explain.face_regions import REGIONS
from ferkit.explain.overlay import signed_overlay
from ferkit.explain.region_differences import paired, unpaired
from ferkit.explain.region_shares import RegionTable, by_cell, by_class
from ferkit.explain.stored import COMMON

__all__ = ["Shares", "show"]


@dataclass(frozen=True, eq=False)
class Shares:
    """Of the sampled faces: where the evidence lies for their label and for their prediction."""

    label: np.ndarray  # (N,)
    predicted: np.ndarray  # (N,)
    of: dict[str, np.ndarray]  # "label", "predicted" -> (N, R)

    @classmethod
    def read(cls, stored: Stored) -> "Shares":
        evidence = stored.evidence
        of = {"label": evidence["shares_true"], "predicted": evidence["shares_predicted"]}
        return cls(evidence["label"], evidence["predicted"], {k: v.astype(np.float64) for k, v in of.items()})

    @property
    def right(self) -> np.ndarray:
        """bool (N,)."""
        return self.label == self.predicted

    def table(self, of: str, outcome: str, classes: int) -> RegionTable:
        """The shares averaged over the faces of each label, or of each prediction."""
        keep = {"right": self.right, "wrong": ~self.right}.get(outcome)
        return by_class(self.of[of], getattr(self, of), classes, keep)


def show(shown: View, stored: Stored) -> None:
    """Bars and the face beside them, a sentence above; then the difference from the baseline."""
    st.subheader("Where in the face", anchor=False)
    shares = Shares.read(stored)
    left, right = st.columns([5, 2], gap="large")
    with left:
        _bars(shown, shares)
    with right:
        face, masks = stored.evidence["mean_face"], stored.evidence["masks"]
        key = ("regions", face.tobytes(), masks.tobytes())
        address = publish(key, lambda: region_picture.png(region_picture.draw(face, masks, REGIONS)), "image/png")
        text = "The parts, on the mean face"
        st.html(
            f'<figure class="face-parts"><img src="{address}" alt="{text}"><figcaption>{text}</figcaption></figure>'
        )
        if not stored.record.regions_found:
            st.caption("The mean face shows neither eyes nor mouth: the parts have usual proportions.")
        _cell_map(shown, stored)
    _against_baseline(shown, stored, shares)


def _bars(shown: View, shares: Shares) -> None:
    selection, classes = shown.selection, shown.classes
    of = value(parameters.TILES_OF, OF)
    if selection.true in classes and selection.pred in classes and selection.true != selection.pred:
        _of_cell(shown, shares, classes.index(selection.true), classes.index(selection.pred))
        return
    chosen = getattr(selection, OF[of]) or selection.true or selection.pred
    of = of if getattr(selection, OF[of]) or not chosen else ("label" if selection.true else "predicted")
    outcome = outcome_of(selection)
    if chosen not in classes:
        table = shares.table(of, outcome, len(classes))
        words = {"label": "label", "predicted": "predicted emotion"}[of]
        chart(
            charts.every_class(table, classes, REGIONS, words),
            key="explanations-regions",
            on_click=lambda name: narrow(**{OF[of]: name}),
        )
        st.caption(
            f"Of the evidence for the {words}, what speaks for it against the others, over {table.n.sum():,} faces. "
            "Press a row to see right and wrong apart."
        )
        return
    i = classes.index(chosen)
    parts = [(word, colour) for word, colour in (("right", RIGHT), ("wrong", WRONG)) if outcome in ("", word)]
    tables = [(word, colour, shares.table(of, word, len(classes)), i) for word, colour in parts]
    if of == "label" and outcome == "":
        own = shares.label == i
        wrong = shares.of["label"][own & ~shares.right]
        found = unpaired(wrong, shares.of["label"][own & shares.right])
        st.markdown(region_sentences.of_class(found, _mean(wrong), REGIONS, chosen))
    noun = "label" if of == "label" else "prediction"
    kept = [one for one in tables if one[2].n[i]]
    if not kept:
        st.caption("None of the explained faces is among these.")
        return
    chart(
        charts.bars(kept, REGIONS, f"Evidence for the {noun} {chosen}", "share of the evidence, 95% interval"),
        key="explanations-regions-class",
    )


def _of_cell(shown: View, shares: Shares, true: int, pred: int) -> None:
    classes, own = shown.classes, shares.label == true
    cell = shares.of["label"][own & (shares.predicted == pred)]
    found = unpaired(cell, shares.of["label"][own & shares.right])
    st.markdown(region_sentences.of_cell(found, _mean(cell), REGIONS, classes[true], classes[pred]))
    if not len(cell):
        return
    table = by_cell(shares.of["label"], shares.label, shares.predicted, len(classes))
    groups = [
        ("recognised", RIGHT, _row(table, true, true), 0),
        (f"taken for {classes[pred]}", WRONG, _row(table, true, pred), 0),
    ]
    title = f"Evidence for {classes[true]}, in faces labelled so"
    chart(
        charts.bars(
            [group for group in groups if group[2].n[0]], REGIONS, title, "share of the evidence, 95% interval"
        ),
        key="explanations-regions-cell",
    )


def _row(table: RegionTable, true: int, pred: int) -> RegionTable:
    """One confusion, as a table of one row."""
    return RegionTable(*(part[true, pred][None] for part in (table.mean, table.low, table.high, table.n)))


def _mean(shares: np.ndarray) -> np.ndarray:
    rows = shares[np.isfinite(shares).all(1)]
    return rows.mean(0) if len(rows) else np.full(shares.shape[1], np.nan)  # type: ignore[no-any-return]


def _cell_map(shown: View, stored: Stored) -> None:
    """What speaks for the prediction rather than for the label, over the faces of the chosen confusion."""
    selection, classes = shown.selection, shown.classes
    if not (selection.true in classes and selection.pred in classes and selection.true != selection.pred):
        return
    wanted = (classes.index(selection.true), classes.index(selection.pred))
    cells, maps = stored.evidence["cell"], stored.evidence["cells"].astype(np.float32)
    at = [i for i, (true, pred, _) in enumerate(cells.tolist()) if (true, pred) == wanted]
    if not at:
        st.caption("Too few faces of this confusion were explained for a mean map.")
        return
    map_, n = maps[at[0]], int(cells[at[0], 2])
    picture = signed_overlay(
        region_picture.clear(enlarge(stored.evidence["mean_face"], 480)), map_, float(np.abs(map_).max())
    )
    true, pred = plain(selection.true), plain(selection.pred)
    st.image(picture, width=260, caption=f"Red: for {pred} rather than {true}; blue: the other way. Mean of {n} faces")


def _against_baseline(shown: View, stored: Stored, shares: Shares) -> None:
    base = view.baseline_of(shown)
    if base is None:
        return
    name, run = base.run.name, shown.run.name
    other = record.of(base) if base.run.classes == shown.run.classes else None
    if other is None:
        st.caption(f"No difference from {plain(name)}: its evidence has not been measured. {record.command(base)}")
        return
    own = {face: i for i, face in enumerate(stored.evidence["ids"].tolist())}
    pairs = [(own[face], j) for j, face in enumerate(other.evidence["ids"].tolist()) if face in own]
    rows, columns = np.array(pairs, int).reshape(-1, 2).T
    labels, selection = shares.label[rows], current()
    keep = labels == shown.classes.index(selection.true) if selection.true in shown.classes else labels >= 0
    a, b = (evidence["shares_common"].astype(np.float64) for evidence in (stored.evidence, other.evidence))
    found = paired(a[rows[keep]], b[columns[keep]])
    st.markdown(region_sentences.of_runs(found, REGIONS, run, name))
    if np.isfinite(found.mean).all():
        faces = f"{found.n[0]:,} faces" + (f" labelled {selection.true}" if selection.true in shown.classes else "")
        chart(
            charts.differences(found, REGIONS, run, name, f"{run} − {name}: evidence for the label, {faces}"),
            key="explanations-regions-runs",
        )
        st.caption(f"The same faces, by {COMMON} in both runs; in colour what differs after Bonferroni's correction.")
