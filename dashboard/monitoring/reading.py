"""The log as the page reads it: a period of it, kept for a few seconds."""

import time
from datetime import timedelta

import pandas as pd

from dashboard import load
from ferkit.monitor.reference import FILE, Reference
from ferkit.monitor.store import Store
from ferkit.runs import Run

__all__ = ["PERIODS", "period", "pictured", "pictures", "reference"]

PERIODS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "all": None,
}
KEPT = 5  # seconds


def period(url: str, name: str) -> pd.DataFrame:
    """All rows of a period. Raises ConfigError for an address that cannot be used."""

    def make() -> pd.DataFrame:
        store = Store(url)
        try:
            return store.read(PERIODS[name])
        finally:
            store.close()

    table: pd.DataFrame = load.cached(("log", url, name, int(time.monotonic() / KEPT)), make)
    return table


def pictured(url: str) -> frozenset[int]:
    """The rows of `period` that have a picture."""

    def make() -> frozenset[int]:
        store = Store(url)
        try:
            return store.pictured()
        finally:
            store.close()

    rows: frozenset[int] = load.cached(("pictured", url, int(time.monotonic() / KEPT)), make)
    return rows


def pictures(url: str, rows: tuple[int, ...]) -> dict[int, bytes]:
    """The pictures of rows that have one, as PNG; never kept here: what was removed from the log is gone."""
    store = Store(url)
    try:
        return store.pictures(rows)
    finally:
        store.close()


def reference(run: Run) -> Reference | None:
    """What the run's log is compared with; None where it was not made. Raises RunError for a broken file."""
    from ferkit.monitor import reference as references

    found: Reference | None = load.cached(
        ("reference", load.key_of(run.path / FILE), run.key), lambda: references.read(run)
    )
    return found
