"""Dataset, split, run and baseline: the sidebar's four choices, kept in step with the Selection."""

from dataclasses import replace

import streamlit as st

from dashboard import load
from dashboard.state import Selection, adopt, current, narrow
from ferkit.data import store
from ferkit.runs import Run

__all__ = ["datasets", "runs_on", "show"]

SPLITS = {"val": "val — chosen on", "test": "test — scored once", "train": "train", "all": "all splits"}


def show() -> None:
    """Draw the choices and complete the Selection where it names nothing, or something that is not here."""
    runs = load.all_runs()
    selection = _completed(current(), runs)
    adopt(selection)  # also where nothing changed: a link of the navigation opens a page without its parameters
    names = runs_on(runs, selection.data)
    with st.sidebar:
        _choose("Dataset", "data", datasets(runs), selection.data, help="The faces every page shows.")
        if not names:
            return
        _choose("Run", "run", names, selection.run, help="The checkpoint every page looks at.")
        others = [""] + [name for name in names if name != selection.run]
        _choose("Baseline", "base", others, selection.base, help="The checkpoint it is compared with.", none="none")
        splits = runs[selection.run].results(selection.data).splits
        _choose(
            "Split",
            "split",
            splits,
            selection.split,
            help="Chosen on val; test is looked at once, at the end.",
            told=SPLITS,
        )


def datasets(runs: dict[str, Run]) -> list[str]:
    """Datasets that a run tells of, or that lie here, or that can be drawn; the best known first."""
    told = {name for run in runs.values() for name in run.datasets()}
    return sorted(told | set(store.names()) | {load.DEMO}, key=lambda name: (name == load.DEMO, name not in told, name))


def runs_on(runs: dict[str, Run], data: str) -> list[str]:
    """Runs with results on `data`, the best val accuracy first."""

    def score(name: str) -> float:
        scores = runs[name].results(data).scores
        return (
            max((-split.accuracy for split in scores.values()), default=0.0)
            if "val" not in scores
            else -scores["val"].accuracy
        )

    return sorted((name for name, run in runs.items() if run.results(data).scores), key=score)


def _completed(selection: Selection, runs: dict[str, Run]) -> Selection:
    """The Selection with every empty or stale choice filled: best run, next best as baseline, val."""
    known = datasets(runs)
    data = selection.data if selection.data in known else known[0]
    names = runs_on(runs, data)
    if not names:
        return Selection(data=data)
    run = selection.run if selection.run in names else names[0]
    base = selection.base if selection.base in names and selection.base != run else ""
    if not selection.run and not base:
        base = next((name for name in names if name != run), "")
    splits = runs[run].results(data).splits
    split = selection.split if selection.split in splits else splits[0]
    changed = selection if selection.data in ("", data) else Selection()
    return replace(changed, data=data, run=run, base=base, split=split)


def _choose(
    label: str,
    field: str,
    options: list[str],
    value: str,
    *,
    help: str,
    none: str = "",
    told: dict[str, str] | None = None,
) -> None:
    key = f"side-{field}"
    st.session_state[key] = value
    st.selectbox(
        label, options, key=key, help=help, on_change=_changed, args=(field, key),
        format_func=lambda name: (told or {}).get(name, name) or none,
    )  # fmt: skip


def _changed(field: str, key: str) -> None:
    narrow(**{field: st.session_state[key]})
