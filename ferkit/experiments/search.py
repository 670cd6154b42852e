"""Search for better settings: Optuna's TPE proposes, Hyperband prunes, any number of processes share one study.

Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization; Li et al. 2018, Hyperband, arXiv:1603.06560.
"""

import json
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import optuna
from optuna.study import MaxTrialsCallback
from optuna.trial import FrozenTrial, TrialState

from ferkit import files, runs
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, TrainError
from ferkit.experiments.search_space import Space
from ferkit.experiments.study import SEEN, Search, load
from ferkit.runs import Run
from ferkit.train.config import from_recipe
from ferkit.train.loop import Epoch, fit

__all__ = ["best", "free", "search"]


def search(
    search: Search, space: Space, faces: Faces, trials: int, on_trial: Callable[[int, str, float | None], None]
) -> Run | None:
    """Make trials until the study has `trials` of them, finished or pruned, other workers' included; returns the best
    one's run.

    `on_trial(number, state, value)` is called after each. A proposal that cannot be built, or whose loss is no number,
    fails, and the search goes on. Raises ConfigError for an unknown setting in the space, or where hardly a trial
    succeeds.
    """
    for key, one in space.items():
        from_recipe(
            search.recipe, [*search.settings, f"{key}={json.dumps(one.example)}"]
        )  # unknown names are told at once
    free(search.study)
    study = load(search)

    def told(study: optuna.Study, trial: FrozenTrial) -> None:
        on_trial(trial.number, trial.state.name.lower(), trial.value)
        if trial.state != TrialState.COMPLETE or study.best_trial.number != trial.number:
            shutil.rmtree(search.folder / str(trial.number), ignore_errors=True)
        if len(study.get_trials(deepcopy=False, states=(TrialState.FAIL,))) > trials + 10:
            raise ConfigError(
                f"More than {trials + 10} trials of {search.study} failed, the last one so: {trial.user_attrs.get('error')}"
            )

    if len(study.get_trials(deepcopy=False, states=SEEN)) < trials:
        enough = MaxTrialsCallback(trials, states=SEEN)
        study.optimize(
            lambda trial: _try(search, space, faces, trial), callbacks=[told, enough], catch=(ConfigError, TrainError)
        )
    return best(search)


def free(study: str) -> Path:
    """Where the best run of a study goes. Raises ConfigError where a run lies that is not of this study."""
    path = runs.path_of(study)
    if path.exists() and (not (path / "run.json").is_file() or runs.open_run(study).manifest.study != study):
        raise ConfigError(
            f"There is a run {study!r} already, and it is of no search of that name. Give the search another: --study NAME"
        )
    return path


def _try(search: Search, space: Space, faces: Faces, trial: optuna.Trial) -> float:
    """Train one proposal; its last epoch's metric."""
    trial.set_user_attr("worker", f"{socket.gethostname()}:{os.getpid()}")
    drawn = {name: one.draw(trial, name) for name, one in space.items()}
    origin = {"recipe": search.recipe, "study": search.study, "trial": trial.number}
    reached: list[float] = []

    def told(epoch: Epoch) -> None:
        reached.append(getattr(epoch, search.metric))
        trial.report(reached[-1], epoch.epoch)
        if trial.should_prune():
            raise optuna.TrialPruned

    try:
        config = from_recipe(
            search.recipe, [*search.settings, *(f"{key}={json.dumps(value)}" for key, value in drawn.items())]
        )
        fit(config, faces, search.folder / str(trial.number), origin=origin, on_epoch=told)
    except (ConfigError, TrainError) as error:
        trial.set_user_attr("error", str(error))
        raise
    return reached[-1]


def best(search: Search) -> Run | None:
    """The run of the best finished trial, copied to checkpoints/<study>; None while there is none here."""
    done = load(search).get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    here = [trial for trial in done if (search.folder / str(trial.number) / "run.json").is_file()]
    if not here:
        return None
    first = max(here, key=lambda trial: (float(trial.value or 0), -trial.number))
    with files.atomic_folder(free(search.study)) as partial:
        shutil.copytree(search.folder / str(first.number), partial, dirs_exist_ok=True)
    for trial in here:
        if trial is not first:  # it was the best once
            shutil.rmtree(search.folder / str(trial.number), ignore_errors=True)
    return runs.open_run(search.study)
