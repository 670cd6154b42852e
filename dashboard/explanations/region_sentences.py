"""Where in the face the evidence lies, in words, and only what the intervals say."""

import numpy as np

from dashboard.words import percent, plain, signed
from ferkit.explain.region_differences import RegionDifference

__all__ = ["of_cell", "of_class", "of_runs"]

NAMED = 2  # regions of a sentence
REST = "elsewhere"


def of_cell(found: RegionDifference, cell: np.ndarray, regions: tuple[str, ...], true: str, pred: str) -> str:
    """On the evidence for `true` in the faces taken for `pred`, shares (R,) `cell`, against those recognised: "fear
    taken for surprise: it misses the brows (…)"."""
    taken = f"**{plain(true)} taken for {plain(pred)}**"
    if not np.isfinite(found.mean).all():
        return f"{taken}: too few of these faces were explained to say what it misses."
    part = _parts(found, cell, regions)
    if not part:
        return (
            f"{taken}: in no part of the face does the evidence for {plain(true)} differ significantly from that of "
            f"the recognised faces ({found.n[0]} against {found.n[1]} faces)."
        )
    return f"{taken}: {part}."


def of_class(found: RegionDifference, wrong: np.ndarray, regions: tuple[str, ...], name: str) -> str:
    """On the evidence for a label in its misclassified faces, shares (R,) `wrong`, against those recognised."""
    if not np.isfinite(found.mean).all():
        return ""
    part = _parts(found, wrong, regions)
    if not part:
        return f"Where **{plain(name)}** is not recognised, its evidence lies in the same parts as where it is."
    return f"Where **{plain(name)}** is not recognised, {part}."


def of_runs(found: RegionDifference, regions: tuple[str, ...], run: str, base: str) -> str:
    """On the shares of `run` less those of `base` on the same faces."""
    run, base = plain(run), plain(base)
    if not np.isfinite(found.mean).all():
        return f"Too few faces were explained for both {run} and {base}."
    most = [j for j in np.argsort(-np.abs(found.mean)) if found.significant[j]][:NAMED]
    if not most:
        return f"{run} and {base} look at the same parts of the face: no share differs significantly."
    parts = [
        f"{'more' if found.mean[j] > 0 else 'less'} at the {_name(regions[j])} ({signed(found.mean[j])} points)"
        for j in most
    ]
    return f"**{run} looks {' and '.join(parts)} than {base}.**"


def _parts(found: RegionDifference, shares: np.ndarray, regions: tuple[str, ...]) -> str:
    """The significant differences from the largest on: what is missed, what is looked at instead; "" for none."""
    by_size = [j for j in np.argsort(-np.abs(found.mean)) if found.significant[j]]
    lower = [j for j in by_size if found.mean[j] < 0 and regions[j] != REST][:NAMED]
    higher = [j for j in by_size if found.mean[j] > 0][:1]

    def named(j: int) -> str:
        recognised = percent(shares[j] - found.mean[j], 0)
        return f"the {_name(regions[j])} ({percent(shares[j], 0)} of the evidence, {recognised} where recognised)"

    missed = f"it misses {' and '.join(map(named, lower))}" if lower else ""
    instead = f"it looks {'instead ' if lower else ''}at {named(higher[0])}" if higher else ""
    return "; ".join(part for part in (missed, instead) if part)


def _name(region: str) -> str:
    return "rest of the picture" if region == REST else region
