"""Dataset, split, run, baseline, and whether copies of training faces count: the sidebar's choices, kept in step with
the Selection."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard import load, parameters
from dashboard.state import Selection, adopt, bind, current, narrow
from ferkit.data import store
from ferkit.runs import Run

__all__ = ["datasets", "runs_for", "runs_on", "show"]

SPLITS = {"val": "val (model selection)", "test": "test (scored once)", "train": "train", "all": "all splits"}
UNSCORED = ("val", "test", "train")  # splits of a dataset that the chosen run was not scored on


def show() -> None:
    """Draw the choices and complete the Selection where it names nothing, or something that is not here."""
    runs = load.all_runs()
    selection = _completed(current(), runs)
    adopt(selection)  # also where nothing changed: a link of the navigation opens a page without its parameters
    data, options = selection.data, _options(runs, selection.data)
    scored, names = options.scored, options.runs
    with st.sidebar:
        _choose("Dataset", "data", options.datasets, data, help="The faces that every page shows.")
        if not names:
            return
        _choose(
            "Run", "run", names, selection.run, help="The checkpoint that every page looks at.",
            label=lambda name: name if name in scored else f"{name} (not scored here)",
        )  # fmt: skip
        others = ["", *(name for name in scored if name != selection.run)]
        _choose("Baseline", "base", others, selection.base, help="The checkpoint it is compared with.")
        splits = runs[selection.run].results(data).splits or UNSCORED
        _choose(
            "Split", "split", splits, selection.split, help="Choose on val; look at test once, at the end.",
            label=lambda name: SPLITS.get(name, name),
        )  # fmt: skip
        _dedup(runs[selection.run], selection)


def _dedup(run: Run, selection: Selection) -> None:
    """Whether faces whose exact pixels are also in the training data count, on every page; nothing where none is."""
    scores = run.results(selection.data).scores.get(selection.split)
    if scores is None or not scores.leaked:
        return
    st.toggle(
        "De-duplicated",
        **bind(parameters.DEDUPLICATED),
        help=f"{scores.leaked:,} of the {scores.n:,} faces of {selection.split} are exact copies of training faces. "
        "De-duplicated numbers leave them out, on every page.",
    )


@dataclass(frozen=True)
class Options:
    """What the sidebar offers while a dataset is chosen."""

    datasets: Sequence[str]
    scored: Sequence[str]  # runs with scores on the dataset
    runs: Sequence[str]  # these, and all others that have weights


def _options(runs: dict[str, Run], data: str) -> Options:
    options: Options = load.cached(
        ("sidebar", data, *_state()), lambda: Options(datasets(runs), runs_on(runs, data), runs_for(runs, data))
    )
    return options


def _state() -> tuple[object, ...]:
    """What runs and datasets there are by now."""
    return load.runs_state(), tuple(store.names())


def datasets(runs: dict[str, Run]) -> list[str]:
    """Datasets that are here, that a run was scored on, or that can be drawn; the one that most runs were trained on
    first, the drawn one last."""
    trained = Counter(run.dataset for run in runs.values())
    scored = {name for run in runs.values() for name in run.datasets()}
    return sorted(
        scored | set(store.names()) | {load.DEMO},
        key=lambda name: (name == load.DEMO, name not in scored, -trained[name], name),
    )


def runs_on(runs: dict[str, Run], data: str) -> list[str]:
    """Runs that were scored on `data`, the best val accuracy first."""

    def accuracy(name: str) -> float:
        scores = runs[name].results(data).scores
        return scores["val"].accuracy if "val" in scores else max(split.accuracy for split in scores.values())

    scored = [name for name, run in runs.items() if run.results(data).scores]
    return sorted(scored, key=accuracy, reverse=True)


def runs_for(runs: dict[str, Run], data: str) -> list[str]:
    """Runs to choose from on `data`: those scored on it, then all others that have weights, the best known first."""
    others = [name for other in datasets(runs) if other != data for name in runs_on(runs, other)]
    usable = [name for name in (*others, *runs) if runs[name].weights.is_file()]
    return list(dict.fromkeys([*runs_on(runs, data), *usable]))


def _completed(selection: Selection, runs: dict[str, Run]) -> Selection:
    """The Selection with every empty or stale choice filled: best run, next best as baseline, val."""
    there = load.cached(("datasets", *_state()), lambda: datasets(runs))
    data = selection.data if selection.data in there else there[0]
    options = _options(runs, data)
    scored, names = options.scored, options.runs
    if not names:
        return Selection(data=data)
    run = selection.run if selection.run in names else names[0]
    base = selection.base if selection.base in scored and selection.base != run else ""
    if not selection.run and not base:
        base = next((name for name in scored if name != run), "")
    splits = runs[run].results(data).splits or UNSCORED
    split = selection.split if selection.split in splits else splits[0]
    kept = selection if selection.data in ("", data) else Selection()
    return replace(kept, data=data, run=run, base=base, split=split)


def _choose(
    title: str,
    field: str,
    options: Sequence[str],
    value: str,
    *,
    help: str,
    label: Callable[[str], str] = str,
) -> None:
    key = f"side-{field}"
    st.session_state[key] = value
    st.selectbox(
        title, options, key=key, help=help, on_change=_changed, args=(field, key),
        format_func=lambda name: label(name) or "none",
    )  # fmt: skip


def _changed(field: str, key: str) -> None:
    if (chosen := st.session_state.get(key)) is not None:
        narrow(**{field: chosen})
