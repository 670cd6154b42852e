"""Runs aligned and compared, each result cached."""

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard import load
from ferkit.evaluate import differences
from ferkit.evaluate.alignment import Aligned, align
from ferkit.evaluate.compare import Paired, paired
from ferkit.evaluate.differences import Difference
from ferkit.evaluate.outcomes import Outcomes, outcomes

__all__ = ["by_class", "by_slice", "compared", "of", "outcomes_of"]


def of(names: Sequence[str], data: str, split: str, *, dedup: bool) -> Aligned:
    """These runs on one split of `data`, cached. Raises RunError if a folder is incomplete or they have no face in
    common."""
    runs = load.all_runs()
    results = {name: runs[name].results(data) for name in names}
    key = ("aligned", dedup, split, *(load.key_of(result.path / f"{split}.parquet") for result in results.values()))

    def make() -> Aligned:
        stored = {name: (load.predictions(result, split), result.classes) for name, result in results.items()}
        return align(stored, dedup=dedup, key=key)

    aligned: Aligned = load.cached(key, make)
    return aligned


def compared(aligned: Aligned, a: str, b: str) -> Paired:
    """Run `b` against run `a`, cached."""
    first, second = (aligned.logits[aligned.names.index(name)] for name in (a, b))
    test: Paired = load.cached(("paired", a, b, *aligned.key), lambda: paired(first, second, aligned.true))
    return test


def outcomes_of(aligned: Aligned, a: str, b: str) -> Outcomes:
    """What run `b` fixed and broke against run `a`, face by face."""
    return outcomes(aligned.true, aligned.pred(a), aligned.pred(b))


def by_class(aligned: Aligned, a: str, b: str) -> list[Difference]:
    """Recall of `b` less that of `a` in every class that has a face, Holm-corrected, cached."""

    def make() -> list[Difference]:
        return differences.by_class(aligned.true, aligned.pred(a), aligned.pred(b), aligned.classes)

    rows: list[Difference] = load.cached(("by class", a, b, *aligned.key), make)
    return rows


def by_slice(aligned: Aligned, a: str, b: str, slices: Mapping[str, np.ndarray]) -> list[Difference]:
    """Accuracy of `b` less that of `a` on every slice, bool (n,), that holds a face; Holm-corrected, cached."""

    def make() -> list[Difference]:
        return differences.by_slice(aligned.true, aligned.pred(a), aligned.pred(b), slices)

    rows: list[Difference] = load.cached(("by slice", a, b, tuple(slices), *aligned.key), make)
    return rows
