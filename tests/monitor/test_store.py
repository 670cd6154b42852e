"""The log: what is written comes back, nothing waits for it, nothing fails for it, and no picture is in it."""

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ferkit.errors import ConfigError
from ferkit.faces import Box
from ferkit.monitor import log as logs
from ferkit.monitor.log import Log, Sampler, record
from ferkit.monitor.pictures import as_array
from ferkit.monitor.store import COLUMNS, VARIABLE, Store, address, opened
from ferkit.predict.photo import FaceReading


def face(happy: float = 0.75, gray: int = 51) -> FaceReading:
    crop = np.full((24, 24), gray, np.uint8)
    return FaceReading(Box(3, 4, 30, 40, 0.9), ("angry", "happy"), np.array([1 - happy, happy]), crop)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'log.db'}")
    yield store
    store.close()


def test_what_is_recorded_comes_back(store: Store) -> None:
    log = Log(store)
    log.record("photo", "mine", [face(), face(0.1, 255)], 0.25)
    log.flush()
    table = store.read()
    assert list(table.columns) == list(COLUMNS) and len(table) == 2
    assert table["emotion"].tolist() == ["happy", "angry"] and table["confidence"].tolist() == [0.75, 0.9]
    assert table["brightness"].tolist() == pytest.approx([0.2, 1.0]) and set(table["size"]) == {40}
    assert set(table["latency"]) == {250} and set(table["source"]) == {"photo"} and set(table["run"]) == {"mine"}
    assert abs(table["time"].iloc[0].to_pydatetime() - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)
    log.close()


def test_the_latest_rows_come_back_the_oldest_first(store: Store) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    row = dict.fromkeys(COLUMNS, 1.0) | {"source": "photo", "run": "mine", "emotion": "happy"}
    store.add([row | {"time": now - timedelta(days=days), "latency": float(days)} for days in (9, 3, 2, 1)])
    assert store.read(timedelta(days=5))["latency"].tolist() == [3, 2, 1]
    assert store.read(most=2)["latency"].tolist() == [2, 1]
    assert store.forget(now - timedelta(days=2.5)) == 2 and len(store.read()) == 2


def test_an_empty_log_has_its_columns(store: Store) -> None:
    table = store.read()
    assert list(table.columns) == list(COLUMNS) and not len(table)


def test_many_threads_and_two_writers_lose_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    two = [Log(Store(url)), Log(Store(url))]

    def work(log: Log) -> None:
        for _ in range(50):
            log.record("serve", "mine", [face()], 0.01)

    threads = [threading.Thread(target=work, args=(log,)) for log in two for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in two:
        log.flush()
        assert not log.dropped
    assert len(two[0].store.read()) == 400
    for log in two:
        log.close()


def test_a_log_that_cannot_be_written_costs_nothing_but_its_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = Log(store)
    monkeypatch.setattr(store, "add", lambda *_: 1 / 0)
    for _ in range(3):
        log.record("photo", "mine", [face()], 0.1)
        log.flush()
    assert log.dropped == 3 and capsys.readouterr().err.count("cannot be written") == 1
    monkeypatch.undo()
    log.record("photo", "mine", [face()], 0.1)
    log.flush()
    assert len(store.read()) == 1
    log.close()


def test_beyond_what_may_wait_readings_are_dropped_without_waiting(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = threading.Event()
    monkeypatch.setattr(logs, "MOST", 5)
    monkeypatch.setattr(store, "add", lambda *_: release.wait(60))
    log = Log(store)
    began = time.monotonic()
    for _ in range(50):
        log.record("photo", "mine", [face()], 0.1)
    assert time.monotonic() - began < 30 and log.dropped > 0
    release.set()
    log.flush()
    log.close()


def test_nothing_is_logged_unless_it_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    record("photo", "mine", [face()], 0.1)
    assert opened() is None and not list(tmp_path.iterdir())
    monkeypatch.setenv(VARIABLE, "logs/predictions.db")
    record("photo", "mine", [face()], 0.1)
    logs._logs[address()].flush()  # type: ignore[union-attr]
    assert len(opened().read()) == 1  # type: ignore[union-attr]


def test_an_address_that_cannot_be_used_is_said_once_and_hides_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "nosuchdatabase://me:geheim@host/log")
    for _ in range(2):
        record("photo", "mine", [face()], 0.1)
    said = capsys.readouterr().err
    assert said.count("cannot be used") == 1 and "geheim" not in said
    with pytest.raises(ConfigError, match="cannot be used"):
        opened()


def test_addresses_are_files_or_those_of_sqlalchemy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for given, meant in {
        "": "",
        "log.db": f"sqlite:///{tmp_path}/log.db",
        "sqlite:////log/a.db": "sqlite:////log/a.db",
        "postgresql://me@host/log": "postgresql+psycopg://me@host/log",
    }.items():
        monkeypatch.setenv(VARIABLE, given)
        assert address() == meant


def test_a_stream_is_let_through_once_a_second() -> None:
    sampler = Sampler()
    assert [sampler.due(now) for now in (0.0, 0.5, 0.99, 1.0, 1.5, 2.2)] == [True, False, False, True, False, True]


@pytest.mark.skipif(not shutil.which("initdb"), reason="no PostgreSQL server is installed here")
def test_a_postgresql_server_takes_the_log(postgres: str) -> None:
    store = Store(postgres.replace("postgresql://", "postgresql+psycopg://"))
    log = Log(store, pictures=2)
    for _ in range(3):
        log.record("serve", "mine", [face()], 0.1)
        log.flush()
    rows = store.read()
    assert rows["emotion"].tolist() == ["happy"] * 3 and store.pictured() == set(rows.index[1:])
    (picture, _) = store.pictures([int(row) for row in rows.index]).values()
    np.testing.assert_array_equal(as_array(picture), face().crop)
    assert store.forget_pictures(datetime.now(UTC).replace(tzinfo=None)) == 2 and len(store.read()) == 3
    log.close()
