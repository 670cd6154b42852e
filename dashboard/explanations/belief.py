"""How far a run's maps are to be believed: methods ranked against two baselines, and the ways to contrast classes."""

from typing import Any

import streamlit as st

from dashboard import parameters
from dashboard.components.table import Column, Mark, table
from dashboard.state import put, value
from dashboard.words import minus, plain
from ferkit.explain.stored import MethodScore, Record

__all__ = ["headline", "show"]

COLUMNS = {
    "title": Column("Method"),
    "insertion": Column(
        "Insertion",
        lambda x: f"{x:.2f}",
        help="Probability while the strongest pixels are put into the mean face; higher is better",
    ),
    "deletion": Column("Deletion", lambda x: f"{x:.2f}", help="Probability while they are taken out; lower is better"),
    "over": Column(
        "Over centre",
        lambda x: _signed(x),
        help="Insertion less deletion, beyond that of a blob in the middle of the face",
    ),
    "half": Column("95%", lambda x: f"± {x:.2f}", help="Of it, paired over the faces; within it, the blob is as good"),
    "road": Column("ROAD", lambda x: _signed(x), help="As deletion, filled in from the neighbours; higher is better"),
    "shuffled": Column(
        "Shuffled",
        lambda x: minus(f"{x:.2f}"),
        help="Correlation with the maps of shuffled weights; near 1 it draws the face, not what was learned",
    ),
    "noise": Column(
        "Noise",
        lambda x: f"{x:.2f}",
        help="Relative change of the map under a little noise of the face; lower is better",
    ),
    "ms": Column("ms", lambda x: f"{x:.1f}", help="Of processor time for one face and class"),
}
WAYS = {
    "way": Column("Maps"),
    "correlation": Column(
        "Correlation", lambda x: minus(f"{x:.2f}"), help="Of the emotions' mean maps, pairwise; 1: they look alike"
    ),
    "different": Column("Different", help="Correlation below 0.6"),
    "faithful": Column("Faithful", help="Explains better than a blob in the middle"),
}
TITLES = {
    "last maps": "Contrast, last maps",
    "conductance": "Contrast by conductance",
    "hiding": "Contrast by hiding",
    "gradcam": "Grad-CAM",
}


def headline(record: Record) -> str:
    """By which maps the run can be read, or that it cannot; as Markdown."""
    return f"**{plain(minus(record.summary))}**"


def show(record: Record) -> None:
    """The table of methods, the sentence of the pressed one, and the table of contrasts."""
    st.subheader("How far to believe it", anchor=False)
    scores = {**record.methods, **record.baselines}
    names = [name for name in record.ranking if name in scores]
    better = [name for name in record.methods if record.methods[name].over_centre[1] > 0]
    st.markdown(
        f"{len(better)} of {len(record.methods)} methods explain this run better than a blob in the middle of the face."
    )
    left, right = st.columns([8, 5], gap="medium")
    with left:
        table(
            [_row(name, scores[name], name in record.baselines) for name in names],
            COLUMNS,
            title=f"Methods on {record.split} of {record.data}, {record.faces_per_method} faces",
            key="explanations-methods",
            chosen=[i for i, name in enumerate(names) if name in value(parameters.METHODS)],
            marks=_marks(names, record),
            on_click=lambda i: _toggle(names[i], record),
        )
        st.caption("Green: better than the blob in the middle. Press a method to see a face by it below.")
    with right:
        table(
            _ways(record),
            WAYS,
            title=f"How alike the emotions' mean maps are, {record.faces_per_contrast or record.n} faces",
            key="explanations-ways",
        )
        st.caption("To read a run, its maps have to be both different between the emotions and faithful.")


def _row(name: str, score: MethodScore, baseline: bool) -> dict[str, Any]:
    mean, low, high = score.over_centre
    return {
        "title": (score.title or name) + (" (baseline)" if baseline else ""),
        "insertion": score.insertion_auc,
        "deletion": score.deletion_auc,
        "over": mean,
        "half": None if name == "centre" else (high - low) / 2,
        "road": score.road,
        "shuffled": None if baseline else score.randomisation_correlation,
        "noise": None if baseline else score.sensitivity,
        "ms": None if baseline else score.ms_per_face,
    }


def _marks(names: list[str], record: Record) -> dict[tuple[int, str], Mark]:
    kinds: dict[str, Mark] = {
        name: "better" if score.over_centre[1] > 0 else "worse"
        for name, score in record.methods.items()
        if score.over_centre[1] > 0 or score.over_centre[2] < 0
    }
    return {(i, "over"): kinds[name] for i, name in enumerate(names) if name in kinds}


def _toggle(name: str, record: Record) -> None:
    if name in record.methods:
        shown = value(parameters.METHODS)
        put(parameters.METHODS, tuple(m for m in shown if m != name) if name in shown else (*shown, name))


def _ways(record: Record) -> list[dict[str, Any]]:
    gradcam = record.methods.get("gradcam")
    rows = [
        {"way": TITLES.get(way, way), "correlation": score.correlation, "different": _yes(score.different),
         "faithful": _yes(score.faithful)}
        for way, score in record.contrasts.items()
    ]  # fmt: skip
    plain_ = record.mean_pairwise_correlation.get("gradcam")
    faithful = gradcam is not None and gradcam.over_centre[1] > 0
    different = plain_ is not None and plain_ < 0.6
    return [
        {"way": TITLES["gradcam"], "correlation": plain_, "different": _yes(different), "faithful": _yes(faithful)},
        *rows,
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _signed(x: float) -> str:
    return minus(f"{x:+z.2f}").replace("+0.00", "0.00")
