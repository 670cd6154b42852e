"""kill -HUP: a new worker answers before the old one ends; one that does not start leaves the old ones."""

import signal
from types import SimpleNamespace
from typing import Any

import pytest

from ferkit.serve import workers
from ferkit.serve.workers import Workers


class Fake:
    """In place of uvicorn's process: ready at the so-manieth question, or dead after that many."""

    ready_at = 3
    dies_at = 99

    def __init__(self, *_: Any) -> None:
        self.asked, self.done = 0, list[str]()
        self.process = SimpleNamespace(is_alive=lambda: self.asked < self.dies_at)

    def is_ready(self, _: float) -> bool:
        self.asked += 1
        return self.asked >= self.ready_at

    ping = is_ready

    def __getattr__(self, name: str) -> Any:
        return lambda: self.done.append(name)


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Workers:
    monkeypatch.setattr(workers, "Process", Fake)
    made = Workers.__new__(Workers)
    made.config, made.sockets, made.signal_queue = None, [], []  # type: ignore[assignment]
    made.front = SimpleNamespace(is_alive=lambda: True)  # type: ignore[assignment]
    made.processes = [Fake(), Fake()]  # type: ignore[list-item]
    return made


def test_workers_that_take_their_time_replace_the_old_ones(supervisor: Workers) -> None:
    old: list[Any] = list(supervisor.processes)
    supervisor.restart_all()
    assert [one.done for one in old] == [["terminate", "join"]] * 2
    new: list[Any] = supervisor.processes
    assert [one.done for one in new] == [["start"]] * 2 and [one.asked for one in new] == [3, 3]


@pytest.mark.parametrize("why", ["dead", "late", "told to end"])
def test_one_that_does_not_start_leaves_the_old_ones(
    supervisor: Workers, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if why == "dead":
        monkeypatch.setattr(Fake, "dies_at", 1)
    elif why == "late":
        monkeypatch.setattr(workers, "STARTS", 0)
    else:
        supervisor.signal_queue.append(signal.SIGTERM)
    old: list[Any] = list(supervisor.processes)
    supervisor.restart_all()
    assert supervisor.processes == old and [one.done for one in old] == [[], []]
    assert "the old ones go on" in capsys.readouterr().err
