"""A hyperparameter search as it stands, read again when its file has changed."""

from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import load

if TYPE_CHECKING:
    from ferkit.experiments.study import Search, Trial

__all__ = ["read"]

FILE = "sqlite:///"


def read(about: "Search") -> tuple[list["Trial"], dict[str, float]]:
    """Its trials and the importance of its settings. Raises ConfigError for a storage that cannot be reached.

    Kept for as long as the SQLite file and what is being written to it stay as they are: reading thirty trials takes
    0.15 s. Another database is asked each time.
    """
    from ferkit.experiments import study

    def make() -> "tuple[list[Trial], dict[str, float]]":
        return study.trials(about), study.importances(about)

    if not about.address.startswith(FILE):
        return make()
    file = Path(about.address.removeprefix(FILE))
    state = tuple(load.key_of(file.with_name(file.name + end)) for end in ("", "-wal", "-journal"))
    found: tuple[list[Trial], dict[str, float]] = load.cached(("study", about.study, about.metric, *state), make)
    return found
