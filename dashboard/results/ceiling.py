"""The human ceiling as a line on charts of accuracy, where the dataset has votes."""

from dataclasses import replace

from dashboard import load
from dashboard.charts.spec import Chart, Points, Rules
from dashboard.words import interval, percent
from ferkit.audit import crowd
from ferkit.audit.ceiling import Agreement, Ceiling, ceiling
from ferkit.data import store
from ferkit.errors import FerkitError

__all__ = ["MEANING", "agreement", "by_class", "label", "of", "with_line", "with_ticks"]

MEANING = "One person: how often one voter chooses what most of the others chose."


def of(dataset: str, split: str, *, dedup: bool = False) -> float | None:
    """The accuracy of one voter against the others on a split ("all" for the whole dataset), in [0, 1]; None where the
    dataset is not here or has no votes for its classes on that split. It reads the votes alone, once per dataset.
    `dedup` leaves out exact copies of training faces, as the scores beside it do."""
    found = agreement(dataset, split, dedup=dedup)
    return None if found is None else found.share


def agreement(dataset: str, split: str, *, dedup: bool = False) -> Agreement | None:
    """As `of`, with the number of faces and a 95% interval."""
    found = _of_classes(dataset, split, dedup)
    return None if found is None else found[1].overall


def by_class(dataset: str, split: str, *, dedup: bool = False) -> dict[str, Agreement]:
    """The same on the faces of each class; empty where there are no votes."""
    names, found = _of_classes(dataset, split, dedup) or ((), None)
    per_class = zip(names, found.per_class if found else (), strict=True)
    return {name: one for name, one in per_class if one is not None}


def label(share: float) -> str:
    """What to write at the line."""
    return f"one person {percent(share)}"


def with_line(spec: Chart, dataset: str, split: str, *, vertical: bool = False, dedup: bool = False) -> Chart:
    """The chart of accuracies in percent with the ceiling as a line, where it is known; `vertical` where accuracy is
    along x."""
    share = of(dataset, split, dedup=dedup)
    if share is None:
        return spec
    return replace(spec, marks=[*spec.marks, Rules(100 * share, vertical=vertical, label=label(share))])


def with_ticks(spec: Chart, dataset: str, split: str, *, dedup: bool = False) -> Chart:
    """The chart of recall per class in percent along x with the ceiling of each class as a tick, where it is known."""
    known = {name: one for name, one in by_class(dataset, split, dedup=dedup).items() if one.n}
    if not known:
        return spec
    ticks = Points(
        [100 * one.share for one in known.values()],
        list(known),
        size=24,
        symbol="tick",
        name="one person",
        hover=[f"one person\n{name}: {percent(one.share)} ({interval(*one.interval)})" for name, one in known.items()],
    )
    return replace(spec, marks=[*spec.marks, ticks])


def _of_classes(dataset: str, split: str, dedup: bool) -> tuple[tuple[str, ...], Ceiling] | None:
    try:
        key = ("ceiling", load.key_of(store.path_of(dataset)), split, dedup)
        found: tuple[tuple[str, ...], Ceiling] | None = load.cached(key, lambda: _measured(dataset, split, dedup))
    except FerkitError:  # a broken store is reported on the Dataset page
        return None
    return found


def _measured(dataset: str, split: str, dedup: bool) -> tuple[tuple[str, ...], Ceiling] | None:
    if not store.path_of(dataset).is_file():
        return None
    stored = store.votes(dataset)
    voted = crowd.of(stored.votes, stored.names, stored.classes) if stored else None
    if stored is None or voted is None:
        return None
    part = (stored.splits == split) | (split == "all")
    part &= ~(stored.leaked & dedup)
    found = ceiling(voted.select(part), stored.labels[part], len(stored.classes))
    return (stored.classes, found) if found.overall.n else None
