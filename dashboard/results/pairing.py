"""Runs aligned and compared, each result cached."""

from collections.abc import Sequence

from dashboard import load
from ferkit.evaluate.alignment import Aligned, align
from ferkit.evaluate.compare import Paired, paired

__all__ = ["compared", "of"]


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
