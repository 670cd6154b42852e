"""A search is read once, and again when somebody has added a trial."""

import optuna
import pytest

from dashboard.results import searched
from ferkit.experiments import study
from ferkit.experiments.study import Search


def test_a_search_is_read_again_when_its_file_changed(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    about = Search("s", "lenet", "tiny", "f", "val_macro_f1", ())
    about.save()
    kept = study.load(about)
    asked: list[str] = []
    trials = study.trials
    monkeypatch.setattr(study, "trials", lambda search: (asked.append(search.study), trials(search))[1])
    assert searched.read(about) == ([], {}) and searched.read(about) == ([], {}) and asked == ["s"]
    kept.add_trial(optuna.trial.create_trial(value=0.5))
    assert [one.value for one in searched.read(about)[0]] == [0.5] and asked == ["s", "s"]
