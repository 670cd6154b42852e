"""Studies: the settings of a search, where its trials are kept, and their results. Imports Optuna and no torch.

checkpoints/.studies/<study>.json     recipe, data, metric, storage: what a later worker or the dashboard needs
                     <study>.db       SQLite, unless another storage was given
                     <study>/<n>/     the run folder of trial n, while it is the best one
"""

import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ferkit import files
from ferkit.errors import ConfigError, RunError
from ferkit.runs.reading import first_problem, read_object

try:
    import optuna
    from optuna.trial import TrialState
except ImportError as error:
    raise ConfigError("A search needs Optuna, which is not installed: pip install optuna") from error

__all__ = ["METRICS", "SEEN", "Search", "Trial", "importances", "load", "opened", "studies", "trials"]

METRICS = ("val_macro_f1", "val_accuracy")
SEEN = (TrialState.COMPLETE, TrialState.PRUNED)  # what counts as a trial
TRIES = 5
BEAT = 30  # seconds between a worker's signs of life; three missed ones and its trial counts as failed


@dataclass(frozen=True)
class Search:
    """The settings of a search; kept beside its trials, so that every worker searches for the same."""

    study: str
    recipe: str
    data: str
    fingerprint: str
    metric: str
    settings: tuple[str, ...]  # key=value on top of the recipe, in every trial
    storage: str = ""  # an Optuna address; its own SQLite file beside it where there is none

    @property
    def folder(self) -> Path:
        """Where the trials' runs lie."""
        return _home() / self.study

    @property
    def address(self) -> str:
        """Where its trials are kept, as Optuna takes it."""
        return self.storage or f"sqlite:///{_home() / self.study}.db"

    def save(self) -> None:
        files.write_json(_home() / f"{self.study}.json", asdict(self))


def studies() -> list[str]:
    """The names of all studies, sorted."""
    return sorted(path.stem for path in _home().glob("*.json"))


def opened(study: str) -> Search:
    """The study of that name. Raises RunError where there is none, or its file does not describe it."""
    path = _home() / f"{files.check_name(study, 'A study name', RunError)}.json"
    if not path.is_file():
        raise RunError(f"No study {study!r}; there are {', '.join(studies()) or 'none'}.")
    stored = read_object(path, f"{path.parent.name}/{path.name}")
    try:
        search = TypeAdapter(Search).validate_python(stored)
    except ValidationError as error:
        raise RunError(
            f"{path.name} does not describe a study ({first_problem(error)}). Restore it or delete it."
        ) from error
    if search.study != study:
        raise RunError(f"{path.name} describes the study {search.study[:80]!r}. Restore it or delete it.")
    return search


def load(search: Search) -> optuna.Study:
    """The study, made if need be. Raises ConfigError for a storage that cannot be reached."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    _home().mkdir(parents=True, exist_ok=True)
    for left in reversed(range(TRIES)):
        try:
            return _study(search)
        except Exception as error:  # whatever the database's driver raises
            if not left:
                raise ConfigError(
                    f"The study's storage {search.address!r} cannot be used: {' '.join(str(error).split())[:200]}"
                ) from error
            time.sleep(0.3)  # another worker may be making the same tables at this moment
    raise AssertionError


def _study(search: Search) -> optuna.Study:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # the heartbeat has been one for years
        storage = optuna.storages.RDBStorage(search.address, heartbeat_interval=BEAT, grace_period=3 * BEAT)
    return optuna.create_study(
        study_name=search.study,
        storage=storage,
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(constant_liar=True),
        pruner=optuna.pruners.HyperbandPruner(),
    )


@dataclass(frozen=True)
class Trial:
    """One proposal and its result."""

    number: int
    state: str  # complete, pruned, fail, running or waiting
    value: float | None  # the metric after its last epoch
    params: dict[str, Any]
    curve: dict[int, float]  # epoch -> metric
    seconds: float | None
    worker: str  # host:process


def trials(search: Search) -> list[Trial]:
    """All of them, in the order in which they were begun."""
    return [
        Trial(
            trial.number,
            trial.state.name.lower(),
            trial.value,
            trial.params,
            trial.intermediate_values,
            trial.duration.total_seconds() if trial.duration else None,
            trial.user_attrs.get("worker", ""),
        )
        for trial in load(search).get_trials(deepcopy=False)
    ]


def importances(search: Search) -> dict[str, float]:
    """How much of the metric's variance among good trials each setting explains, the most first; empty with too few
    trials.

    Watanabe et al. 2023, PED-ANOVA, arXiv:2304.10255.
    """
    study = load(search)
    if len(study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))) < 4:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        try:
            return optuna.importance.get_param_importances(
                study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
            )
        except (ValueError, RuntimeError):  # no setting that all of them share varies
            return {}


def _home() -> Path:
    return files.runs_dir() / ".studies"
