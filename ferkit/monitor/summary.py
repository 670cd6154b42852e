"""The log over time: volume, latency, confidence and class mix in steps of equal length."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["Steps", "steps"]

LENGTHS = ("1min", "5min", "15min", "1h", "3h", "6h", "12h", "1D", "7D", "28D")
MOST = 32  # steps
UNITS = {"D": "6h", "h": "15min", "min": "1min"}  # of an axis: for steps of at least this length
WORDS = {"min": "minute", "h": "hour", "D": "day"}


@dataclass(frozen=True, eq=False)
class Steps:
    """K steps of time, the oldest first; what has no face is not a number."""

    names: tuple[str, ...]  # when each begins, UTC
    ago: np.ndarray  # float (K,), at most 0: the middle of each, from the end of the last, in `unit`
    unit: str  # minutes, hours or days
    length: str  # of a step, in words
    faces: pd.DataFrame  # (K, sources): int
    latency: pd.DataFrame  # (K, 2): p50 and p95, milliseconds
    confidence: pd.DataFrame  # (K, 3): p25, p50, p75
    classes: pd.DataFrame  # (K, C): shares of the faces


def steps(log: pd.DataFrame, now: datetime | None = None) -> Steps:
    """Steps up to now of the shortest of a few lengths that needs at most 32 of them; the log has at least one row.
    `now` is UTC without a zone, as the log's times."""
    end = max(pd.Timestamp(now or datetime.now(UTC).replace(tzinfo=None)), log["time"].max())
    span = end - log["time"].min()
    length = next((n for n in LENGTHS if span / pd.Timedelta(n) < MOST - 1), LENGTHS[-1])
    begins = log["time"].dt.floor(length) if length != "28D" else log["time"].dt.floor("D")
    every = pd.date_range(begins.min(), end, freq=length)
    step = pd.Series(every[np.searchsorted(every, begins, "right") - 1], index=log.index)
    grouped = log.groupby(step)
    faces = pd.crosstab(step, log["source"]).reindex(every, fill_value=0)
    mix = pd.crosstab(step, log["emotion"], normalize="index").reindex(every)
    unit = next(name for name, least in UNITS.items() if pd.Timedelta(length) >= pd.Timedelta(least))
    middles = (np.arange(len(every)) - len(every) + 0.5) * (pd.Timedelta(length) / pd.Timedelta(f"1{unit}"))
    return Steps(
        tuple(
            time.strftime("%d %b" if pd.Timedelta(length) >= pd.Timedelta("1D") else "%d %b %H:%M") for time in every
        ),
        middles,
        f"{WORDS[unit]}s",
        _words(length),
        faces,
        _quantiles(grouped["latency"], (0.5, 0.95)).reindex(every),
        _quantiles(grouped["confidence"], (0.25, 0.5, 0.75)).reindex(every),
        mix,
    )


def _quantiles(grouped: Any, at: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame({q: grouped.quantile(q) for q in at})


def _words(length: str) -> str:
    number, unit = length.rstrip("minhD"), length.lstrip("0123456789")
    return f"{number} {WORDS[unit]}s" if number != "1" else WORDS[unit]
