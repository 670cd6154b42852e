"""Dataset, split, run, baseline, and whether copies of training faces count: the sidebar's choices, kept in step with
the Selection."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard import load
from dashboard.components.choices import Choice, Switch, choices
from dashboard.parameters import DEDUPLICATED
from dashboard.state import Selection, adopt, current, narrow, put, value
from ferkit.data import store
from ferkit.runs import Run

__all__ = ["datasets", "runs_for", "runs_on", "show"]

SPLITS = {"val": "val (model selection)", "test": "test (scored once)", "train": "train", "all": "all splits"}
UNSCORED = ("val", "test", "train")  # splits of a dataset that the chosen run was not scored on


@dataclass(frozen=True)
class Options:
    """What the sidebar offers while a dataset is chosen."""

    datasets: Sequence[str]
    scored: Sequence[str]  # runs with scores on the dataset
    runs: Sequence[str]  # these, and all others that have weights


def show() -> None:
    """Draw the choices and complete the Selection where it names nothing, or something that is not here."""
    runs = load.all_runs()
    selection = _completed(current(), runs)
    adopt(selection)  # also where nothing changed: a link of the navigation opens a page without its parameters
    options = _options(runs, selection.data)
    shown: list[Choice | Switch] = [
        Choice("data", "Dataset", _named(options.datasets), selection.data, "The faces that every page shows.")
    ]
    if options.runs:
        shown += _of_run(runs[selection.run], selection, options)
    with st.sidebar:
        choices(shown, key="sidebar", on_change=_chosen)


def _of_run(run: Run, selection: Selection, options: Options) -> Iterator[Choice | Switch]:
    """Run, baseline and split, and whether copies count."""
    names = {name: name if name in options.scored else f"{name} (not scored here)" for name in options.runs}
    yield Choice("run", "Run", names, selection.run, "The checkpoint that every page looks at.")
    others = {"": "none"} | _named(name for name in options.scored if name != selection.run)
    yield Choice("base", "Baseline", others, selection.base, "The checkpoint it is compared with.")
    splits = {name: SPLITS.get(name, name) for name in run.results(selection.data).splits or UNSCORED}
    yield Choice("split", "Split", splits, selection.split, "Choose on val; look at test once, at the end.")
    scores = run.results(selection.data).scores.get(selection.split)
    if scores is not None and scores.leaked:  # faces whose exact pixels are also in the training data
        copies = f"{scores.leaked:,} of the {scores.n:,} faces of {selection.split} are exact copies of training faces."
        help = f"{copies} De-duplicated numbers leave them out, on every page."
        yield Switch(DEDUPLICATED.name, "De-duplicated", value(DEDUPLICATED), help)


def _named(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _chosen(name: str, chosen: str | bool) -> None:
    if name == DEDUPLICATED.name:
        put(DEDUPLICATED, bool(chosen))
    else:
        narrow(**{name: chosen})


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
    """The Selection with every empty or stale choice filled: best quick run, next best as baseline, val."""
    there = load.cached(("datasets", *_state()), lambda: datasets(runs))
    data = selection.data if selection.data in there else there[0]
    options = _options(runs, data)
    scored, names = options.scored, options.runs
    if not names:
        return Selection(data=data)
    usual = next((name for name in names if load.quick(runs[name])), names[0])
    run = selection.run if selection.run in names else usual
    base = selection.base if selection.base in scored and selection.base != run else ""
    if not selection.run and not base:
        base = next((name for name in scored if name != run), "")
    splits = runs[run].results(data).splits or UNSCORED
    split = selection.split if selection.split in splits else splits[0]
    kept = selection if selection.data in ("", data) else Selection()
    return replace(kept, data=data, run=run, base=base, split=split)
