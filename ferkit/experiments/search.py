"""Search for better settings: Optuna's TPE proposes, Hyperband prunes, any number of processes share one study.

Bergstra et al. 2011, Algorithms for Hyper-Parameter Optimization; Li et al. 2018, Hyperband, arXiv:1603.06560.
"""

import contextlib
import json
import os
import shutil
import socket
import time
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import optuna
from optuna.trial import FrozenTrial, TrialState

from ferkit import files, runs
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, TrainError
from ferkit.experiments.search_space import Space
from ferkit.experiments.study import SEEN, Search, load
from ferkit.runs import Run
from ferkit.runs.locks import locked
from ferkit.train.config import from_recipe
from ferkit.train.fit import fit
from ferkit.train.loop import Epoch

__all__ = ["best", "free", "search"]

WAIT = 0.5  # seconds between two looks at the trials of other processes
CLAIM_TIMEOUT = timedelta(seconds=5)  # from the beginning of a trial to its process's name on it, at most
FAILURES = 10  # beyond the wanted number of trials; more end the search
Callback = Callable[[int, str, float | None], None]  # number of a trial, its state, its value
Objective = Callable[[optuna.Trial], float]


def search(search: Search, space: Space, faces: Faces, trials: int, on_trial: Callback) -> Run | None:
    """Make trials until the study has exactly `trials` of them, finished or pruned, those of other processes on this
    machine included; returns the run of the best one.

    `on_trial(number, state, value)` is called after each. A proposal that cannot be built, or whose loss is not finite,
    fails, and the search goes on. Raises ConfigError for an unknown setting in the space, or where hardly a trial
    succeeds.
    """
    for key, values in space.items():  # an unknown name is an error before the first trial
        from_recipe(search.recipe, [*search.settings, f"{key}={json.dumps(values.example)}"])
    free(search.study)
    study = load(search)

    def done(study: optuna.Study, trial: FrozenTrial) -> None:
        on_trial(trial.number, trial.state.name.lower(), trial.value)
        if trial.state != TrialState.COMPLETE or study.best_trial.number != trial.number:
            shutil.rmtree(search.folder / str(trial.number), ignore_errors=True)
        if len(study.get_trials(deepcopy=False, states=(TrialState.FAIL,))) > trials + FAILURES:
            reason = trial.user_attrs.get("error")
            raise ConfigError(
                f"More than {trials + FAILURES} trials of {search.study} failed, the last one with: {reason}"
            )

    while True:
        if _try_next(search, study, trials, lambda trial: _train(search, space, faces, trial), done):
            continue
        if not _running_here(study) and _begun(study) >= trials:  # none died between the two looks
            return best(search)
        time.sleep(WAIT)  # a process that dies leaves its trial to this one


def free(study: str) -> Path:
    """Where the best run of a study goes. Raises ConfigError where a run lies that is not of this study."""
    path = runs.path_of(study)
    if path.exists() and (not (path / "run.json").is_file() or runs.open_run(study).manifest.study != study):
        raise ConfigError(
            f"There is a run {study!r} already, and it is not of a search of that name. Give the search another: "
            "--study NAME"
        )
    return path


def _try_next(search: Search, study: optuna.Study, trials: int, objective: Objective, done: Callable) -> bool:
    """Make one trial, unless `trials` are made or in the making. Counting and beginning happen under a lock, so that
    two processes never begin the last one both."""
    with contextlib.ExitStack() as turn:
        turn.enter_context(locked(search.folder))
        if _begun(study) >= trials:
            return False

        def begin(trial: optuna.Trial) -> float:
            trial.set_user_attr("worker", f"{socket.gethostname()}:{os.getpid()}")
            turn.close()  # from here on the trial counts as running
            return objective(trial)

        study.optimize(begin, n_trials=1, callbacks=[done], catch=(ConfigError, TrainError))
    return True


def _running_here(study: optuna.Study) -> bool:
    """Whether another process of this machine is at work on a trial."""
    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    here = [trial for trial in running if _host(trial) in ("", socket.gethostname())]
    return any(map(_alive, here))


def _begun(study: optuna.Study) -> int:
    """Trials that are made, or in the making by a process that is alive."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        optuna.storages.fail_stale_trials(study)
    every = study.get_trials(deepcopy=False, states=(*SEEN, TrialState.RUNNING))
    return sum(trial.state != TrialState.RUNNING or _alive(trial) for trial in every)


def _host(trial: FrozenTrial) -> str:
    """The machine of the process that makes it; "" while that has not said so."""
    return str(trial.user_attrs.get("worker", "")).rpartition(":")[0]


def _alive(trial: FrozenTrial) -> bool:
    """Whether another process may still be at work on it; on other machines its heartbeat decides."""
    host, process = _host(trial), str(trial.user_attrs.get("worker", "")).rpartition(":")[2]
    if not host:  # its process will say so at once, or died before it could
        return trial.datetime_start is not None and datetime.now() - trial.datetime_start < CLAIM_TIMEOUT
    if host != socket.gethostname() or os.name != "posix":
        return True
    if process == str(os.getpid()):
        return False  # this one makes one trial at a time, and none at this moment
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _train(search: Search, space: Space, faces: Faces, trial: optuna.Trial) -> float:
    """Train one proposal; the metric of its last epoch."""
    drawn = {name: values.draw(trial, name) for name, values in space.items()}
    origin = {"recipe": search.recipe, "study": search.study, "trial": trial.number}
    metric: list[float] = []  # per epoch

    def on_epoch(epoch: Epoch) -> None:
        metric.append(getattr(epoch, search.metric))
        trial.report(metric[-1], epoch.epoch)
        if trial.should_prune():
            raise optuna.TrialPruned

    try:
        settings = [*search.settings, *(f"{key}={json.dumps(value)}" for key, value in drawn.items())]
        config = from_recipe(search.recipe, settings)
        fit(config, faces, search.folder / str(trial.number), origin=origin, on_epoch=on_epoch)
    except (ConfigError, TrainError) as error:
        trial.set_user_attr("error", str(error))
        raise
    return metric[-1]


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
        if trial is not first:  # it was the best at some time
            shutil.rmtree(search.folder / str(trial.number), ignore_errors=True)
    return runs.open_run(search.study)
