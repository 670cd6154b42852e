"""Score a run on the dataset of the page: which runs can be, and a button with a progress bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.dataset.contents import Contents
from dashboard.state import narrow
from dashboard.words import percent, plain
from ferkit.errors import DataError, FerkitError
from ferkit.evaluate.labels import label_map
from ferkit.runs import Run, Scores

__all__ = ["Match", "describe", "matches", "show", "summary"]

ORDER = ("val", "test", "train")  # of the splits to choose from


@dataclass(frozen=True)
class Match:
    """A run and the classes of a dataset that it does not have; `usable` is False where they share too few."""

    run: Run
    missing: tuple[str, ...]
    usable: bool = True


def matches(runs: Mapping[str, Run], classes: Sequence[str]) -> list[Match]:
    """One per run that has weights, those that have all classes first."""
    rows = [_match(run, classes) for run in runs.values() if run.weights.is_file()]
    return sorted(rows, key=lambda match: (not match.usable, len(match.missing), match.run.name))


def describe(candidates: list[Match]) -> str:
    """Which runs know the classes of a dataset, in Markdown."""
    if not candidates:
        return "No run can be scored on it yet."
    groups: dict[tuple[str, ...] | None, int] = {}
    for match in candidates:
        key = match.missing if match.usable else None
        groups[key] = groups.get(key, 0) + 1
    parts = []
    for missing, n in groups.items():
        runs = "1 run" if n == 1 else f"{n} runs"
        if missing is None:
            parts.append(f"{runs} {'shares' if n == 1 else 'share'} too few classes to be scored on it")
        elif missing:
            verb = "does" if n == 1 else "do"
            parts.append(f"{runs} {verb} not know {plain(', '.join(missing))}, whose faces are left out of the scores")
        else:
            parts.append(f"{runs} {'knows' if n == 1 else 'know'} all of its classes")
    return "; ".join(parts) + "."


def show(contents: Contents, runs: Mapping[str, Run]) -> None:
    """Choose a run and a split, press the button, see the scores; the run is the chosen one from then on."""
    candidates = matches(runs, contents.classes)
    st.markdown(describe(candidates))
    usable = [match.run.name for match in candidates if match.usable]
    faces = contents.faces
    if faces is None or not usable:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Run to score", usable, key="score-run", width=320)
        split = st.selectbox("Split to score", [s for s in ORDER if s in contents.sizes], key="score-split", width=160)
        maps = st.checkbox("Draw the map, too", key="score-maps", help="UMAP and PCA of all faces: takes a minute.")
        start = st.button("Score this run", type="primary", icon=":material/play_arrow:", key="score-start")
    if not start:
        return
    bar = st.progress(0.0, "Starting the network …")
    try:
        scores = _evaluate(runs[name], contents, split, maps, bar)
    except FerkitError as error:
        bar.empty()
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.session_state["scored"] = (name, split, scores)
        narrow(data=contents.name, run=name, split=split)
        st.rerun()


def summary() -> None:
    """The scores of the last evaluation, once."""
    name, split, scores = st.session_state.pop("scored", (None, "", None))
    if name is None:
        return
    low, high = (percent(end) for end in scores.accuracy_interval)
    rest = (
        f" Left out: {', '.join(f'{n:,} {label}' for label, n in scores.left_out.items())}." if scores.left_out else ""
    )
    st.success(
        f"**{plain(name)}** on {split}: accuracy {percent(scores.accuracy)} ({low} to {high}), "
        f"macro-F1 {scores.macro_f1:.3f}, {scores.n:,} faces.{plain(rest)} It is now the chosen run on every page.",
        icon=":material/check_circle:",
    )


def _match(run: Run, classes: Sequence[str]) -> Match:
    try:
        indices = label_map(run.classes, classes)
    except DataError:
        return Match(run, (), usable=False)
    return Match(run, tuple(name for name, index in zip(classes, indices, strict=True) if index < 0))


def _evaluate(run: Run, contents: Contents, split: str, maps: bool, bar: "st.delta_generator.DeltaGenerator") -> Scores:
    from ferkit.evaluate.evaluation import evaluate  # torch takes seconds to import

    assert contents.faces is not None  # the button is shown with faces only

    def progress(stage: str, done: int, total: int) -> None:
        text = "Drawing the map …" if stage == "map" else f"Scoring faces: {done:,} of {total:,}"
        bar.progress(min(1.0, done / max(total, 1)), text)

    return evaluate(run, contents.faces, split, maps=maps, progress=progress)
