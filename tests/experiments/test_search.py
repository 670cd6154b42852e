"""Searching: spaces, trials, two processes on one study, a killed worker, the best one kept."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import optuna
import pytest
from optuna.trial import FixedTrial
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from ferkit.errors import ConfigError, RunError
from ferkit.experiments import search as searching
from ferkit.experiments import search_space as space
from ferkit.experiments import study
from ferkit.experiments.search import search
from ferkit.experiments.study import Search
from ferkit.runs import create, open_run
from ferkit.train.config import from_recipe, recipes
from tests.manifests import manifest
from tests.worlds import ROOT, World, tiny_faces

SETTINGS = ("epochs=2", "precision=float32", "model_args.filters=4")
DONE = ("complete", "pruned")
WORKER = """
from ferkit.data import store
from ferkit.experiments import search as searching
from ferkit.experiments import search_space as space
from ferkit.experiments import study
from ferkit.experiments.search import search
about = study.opened("s")
search(about, space.read("quick"), store.load("tiny"), {trials}, lambda *trial: print(*trial, flush=True))
"""
INSTANT = """
import time
from ferkit.experiments import search as module
module._train = lambda search, space, faces, trial: time.sleep(0.1) or 0.5
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(tiny_faces())
    return world


def about(settings: tuple[str, ...] = SETTINGS) -> Search:
    stored = Search("s", "quick", "tiny", store.load("tiny").fingerprint, "val_accuracy", settings)
    stored.save()
    return stored


def test_every_recipe_has_a_space_of_settings_it_knows() -> None:
    for name in recipes():
        for key, values in space.read(name).items():
            from_recipe(name, [f"{key}={json.dumps(values.example)}"])
    assert "model_args.depth" in space.read("base-cnn") and "model_args.depth" not in space.read("lenet")


def test_ranges_draw_what_they_say() -> None:
    ranges = space.CHECK.validate_python(
        {
            "a": {"choices": ["x", True]},
            "b": {"low": 1, "high": 5, "step": 2},
            "c": {"low": 0.1, "high": 9, "log": True},
        }
    )
    drawn = {name: trial.draw(FixedTrial({"a": True, "b": 3, "c": 0.5}), name) for name, trial in ranges.items()}
    assert drawn == {"a": True, "b": 3, "c": 0.5} and type(drawn["b"]) is int


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr: {low: 3, high: 1}", "lr: .*choices, or a low"), ("lr: {low: 0, high: 1, log: true}", "low above zero"),
        ("lr: {lo: 1}", r"lr\.lo"),
        ("[", "as YAML"), ("{}", "nothing to search"), ("7", "dictionary"),
    ],
)  # fmt: skip
def test_an_invalid_search_space_is_reported(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        space.read("quick", tmp_path / "own.yaml")


def test_a_search_keeps_its_best_trial_and_continues(world: World) -> None:
    trials_made: list[tuple[int, str, float | None]] = []
    ranges = space.CHECK.validate_python(
        {"lr": {"low": 0.001, "high": 0.1, "log": True}, "model_args.kernel": {"choices": [3, 5, 7, 4]}}
    )
    run = search(about(), ranges, store.load("tiny"), 3, lambda *trial: trials_made.append(trial))
    states = [state for _, state, _ in trials_made]
    assert sum(state in ("complete", "pruned") for state in states) == 3
    stored = {trial.number: trial for trial in study.trials(study.opened("s"))}
    assert all(
        trial.params["model_args.kernel"] == 4 for trial in stored.values() if trial.state == "fail"
    )  # no even kernel can be built
    assert run is not None
    done = [trial for trial in stored.values() if trial.state == "complete"]
    best = max(done, key=lambda trial: trial.value)
    assert run.manifest.trial == best.number and run.manifest.config["lr"] == pytest.approx(best.params["lr"])
    assert run.history()["val_accuracy"].iloc[-1] == pytest.approx(best.value)
    assert {path.name for path in (world.checkpoints / ".studies" / "s").iterdir()} == {str(best.number)}
    assert all(len(trial.curve) == 2 for trial in done)
    trials_made.clear()
    search(study.opened("s"), ranges, store.load("tiny"), 4, lambda *trial: trials_made.append(trial))
    assert sum(state in ("complete", "pruned") for _, state, _ in trials_made) == 1


def test_a_search_does_not_take_the_place_of_another_run(world: World) -> None:
    other = create(world.checkpoints / "s", manifest())
    with pytest.raises(ConfigError, match="There is a run 's' already"):
        search(about(), space.read("quick"), store.load("tiny"), 1, lambda *trial: None)
    trials_made = CliRunner().invoke(app, ["tune", "--recipe", "quick", "--data", "tiny", "--study", "s"])
    assert trials_made.exit_code == 2 and "There is a run 's' already" in trials_made.output
    assert [path.name for path in other.path.iterdir()] == ["run.json"]


def test_an_unknown_setting_is_reported_before_a_trial(world: World) -> None:
    with pytest.raises(ConfigError, match="No setting 'wings'"):
        search(
            about(),
            space.CHECK.validate_python({"wings": {"choices": [1]}}),
            store.load("tiny"),
            1,
            lambda *trial: None,
        )


def worker(world: World, trials: int, *, instant: bool = False) -> subprocess.Popen:
    """A process that searches; `instant` trials train nothing and take a tenth of a second."""
    return subprocess.Popen(
        [sys.executable, "-c", (INSTANT if instant else "") + WORKER.format(trials=trials)],
        cwd=ROOT,
        env=world.environment,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(900)
def test_two_processes_share_one_study_and_a_killed_one_does_not_stop_it(world: World) -> None:
    stored = about((*SETTINGS[1:], "epochs=3"))
    both = [worker(world, 8) for _ in range(2)]
    end = time.time() + 400
    while not (ended := [trial.worker for trial in study.trials(stored) if trial.state in DONE]):
        assert time.time() < end and all(trial.poll() is None for trial in both)
        time.sleep(0.05)
    killed, other = both if ended[0].endswith(f":{both[0].pid}") else both[::-1]  # the first to have made one
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    lines = other.communicate(timeout=400)[0].splitlines()
    assert other.returncode == 0
    trials = study.trials(stored)
    assert sum(trial.state in DONE for trial in trials) == 8
    mine = {trial.number for trial in trials if trial.worker.endswith(f":{other.pid}")}
    assert {int(line.split()[0]) for line in lines} == mine and 0 < len(mine) < len(trials)
    best = max((trial for trial in trials if trial.state == "complete"), key=lambda trial: trial.value)
    assert open_run("s").manifest.study == "s" and open_run("s").manifest.trial in {
        trial.number for trial in trials if trial.value == best.value
    }


def test_an_unreachable_storage_gives_one_message(world: World) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        study.load(Search("s", "quick", "tiny", "", "val_accuracy", (), "nosuch://nowhere"))


@pytest.mark.timeout(900)  # the other process imports torch, on a machine that may be busy
def test_two_processes_make_exactly_the_trials_wanted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, mine = about(), list[int]()
    study.load(wanted)
    other, end = worker(world, 6, instant=True), time.time() + 400
    while not study.trials(wanted):
        assert time.time() < end and other.poll() is None
        time.sleep(0.05)
    monkeypatch.setattr(searching, "_train", lambda search, space, faces, trial: 0.5)
    search(wanted, space.read("quick"), store.load("tiny"), 6, lambda number, state, value: mine.append(number))
    theirs = [int(line.split()[0]) for line in other.communicate(timeout=400)[0].splitlines()]
    made = study.trials(wanted)
    assert other.returncode == 0 and theirs
    assert sum(trial.state in DONE for trial in made) == 6
    assert sorted(mine + theirs) == sorted(trial.number for trial in made)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--metric", "val_macro_f1"], "was started with --metric val_accuracy; got val_macro_f1"),
        (["--set", "epochs=9"], "was started with --set epochs=2 precision=float32 model_args.filters=4; got epochs=9"),
        (["--storage", "sqlite:///x.db"], "was started with --storage left out; got sqlite:///x.db"),
        (["--recipe", "lenet"], "was started with --recipe quick; got lenet"),
    ],
)
def test_options_that_an_existing_study_was_not_started_with_are_refused(
    world: World, option: list[str], message: str
) -> None:
    about()
    done = CliRunner().invoke(app, ["tune", "--study", "s", *option])
    assert done.exit_code == 2 and message in " ".join(done.output.split())
    assert study.opened("s").metric == "val_accuracy" and not study.trials(study.opened("s"))


CLIMBS = (
    b'{"study": "../../x", "recipe": "quick", "data": "tiny", "fingerprint": "", "metric": "val_accuracy", '
    b'"settings": []}'
)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 3000, b'{"study": 3}', CLIMBS])
def test_a_study_whose_file_is_broken_gives_one_message(world: World, content: bytes) -> None:
    (world.checkpoints / ".studies").mkdir()
    (world.checkpoints / ".studies" / "s.json").write_bytes(content)
    with pytest.raises(RunError, match=r"s\.json") as caught:
        study.opened("s")
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # `ask` stands for the other process
def test_a_process_that_dies_between_two_looks_leaves_its_trial_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = about()
    running = study.load(wanted).ask()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    running.set_user_attr("worker", f"{socket.gethostname()}:{other.pid}")
    look = searching._running_here

    def dies_first(study: optuna.Study) -> bool:
        other.kill()
        other.wait()
        return look(study)

    monkeypatch.setattr(searching, "WAIT", 0)
    monkeypatch.setattr(searching, "_running_here", dies_first)
    monkeypatch.setattr(searching, "_train", lambda search, space, faces, trial: 0.5)
    searching.search(wanted, {}, tiny_faces(), 1, lambda number, state, value: None)
    assert [trial.number for trial in study.trials(wanted) if trial.state in DONE] == [1]


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # `ask` stands for the other process
def test_a_process_waits_for_the_last_trial_of_another_and_takes_it_over_when_that_one_dies(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = about()
    running = study.load(wanted).ask()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    running.set_user_attr("worker", f"{socket.gethostname()}:{other.pid}")
    waits: list[float] = []

    def kill_it(seconds: float) -> None:
        waits.append(seconds)
        other.kill()
        other.wait()

    monkeypatch.setattr(searching.time, "sleep", kill_it)
    monkeypatch.setattr(searching, "_train", lambda search, space, faces, trial: 0.5)
    searching.search(wanted, {}, tiny_faces(), 1, lambda number, state, value: None)
    assert len(waits) == 1, "it looked again as soon as the other process was gone"
    assert [trial.number for trial in study.trials(wanted) if trial.state in DONE] == [1]


@pytest.mark.filterwarnings("ignore:Heartbeat of storage")  # `ask` stands for the other process
def test_a_process_that_dies_before_its_name_is_on_its_trial_leaves_it_after_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = about()
    study.load(wanted).ask()
    waits: list[float] = []
    later = lambda seconds: waits.append(seconds) or monkeypatch.setattr(searching, "CLAIM_TIMEOUT", timedelta(0))  # noqa: E731
    monkeypatch.setattr(searching.time, "sleep", later)
    monkeypatch.setattr(searching, "CLAIM_TIMEOUT", timedelta(hours=1))
    monkeypatch.setattr(searching, "_train", lambda search, space, faces, trial: 0.5)
    searching.search(wanted, {}, tiny_faces(), 1, lambda number, state, value: None)
    assert len(waits) == 1, "it may still be at work"
    assert [trial.number for trial in study.trials(wanted) if trial.state in DONE] == [1]
