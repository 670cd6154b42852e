"""A search whose trials lie in PostgreSQL, shared by workers."""

import gc
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest

from ferkit.experiments import study
from ferkit.experiments.study import Search


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(not shutil.which("initdb"), reason="no PostgreSQL server is installed here")
def test_workers_share_a_study_on_a_postgresql_server(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    storage = postgres.replace("postgresql://", "postgresql+psycopg://")
    search = Search("shared", "quick", "tiny", "f", "val_accuracy", (), storage)
    search.save()

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("lr", 0.0, 1.0)
        trial.report(rate, 1)
        return rate

    def work(_: int) -> None:
        worker = study.load(study.opened("shared"))  # each its own connection, as on a machine of its own
        worker.optimize(objective, 3)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    trials = study.trials(search)
    assert [trial.number for trial in trials] == list(range(6))
    assert all(trial.state == "complete" and trial.value == trial.params["lr"] == trial.curve[1] for trial in trials)
    gc.collect()  # Optuna leaves its connections to the collector: here, where that is no news
