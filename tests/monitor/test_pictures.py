"""Pictures in the log: none unless asked for; then the crop itself, the latest so many, and gone once removed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_type_hints

import numpy as np
import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.cli.serve import serve
from ferkit.errors import ConfigError
from ferkit.faces import Box
from ferkit.monitor import log as logs
from ferkit.monitor import pictures
from ferkit.monitor.log import Log, record
from ferkit.monitor.pictures import MOST, VARIABLE, as_array, as_png, kept
from ferkit.monitor.store import VARIABLE as LOG
from ferkit.monitor.store import Store, address
from ferkit.predict.photo import FaceReading
from tests.worlds import World

NOISE = np.random.default_rng(0)


def face(channels: tuple[int, ...] = ()) -> FaceReading:
    crop = NOISE.integers(0, 256, (48, 48, *channels), dtype=np.uint8)
    return FaceReading(Box(3, 4, 30, 40, 0.9), ("angry", "happy"), np.array([0.2, 0.8]), crop)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


def bytes_of(path: Path) -> bytes:
    """Of the database and what SQLite keeps beside it."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_no_picture_is_kept_unless_it_was_asked_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LOG, str(path))
    monkeypatch.delenv(VARIABLE, raising=False)
    record("photo", "mine", [face()], 0.1)
    log = logs._logs[address()]
    assert log is not None
    log.flush()
    assert len(log.store.read()) == 1 and not log.store.pictured()
    assert b"PNG" not in bytes_of(path)


@pytest.mark.parametrize("channels", [(), (3,)])
def test_the_crop_comes_back_bit_for_bit(
    path: Path, channels: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG, str(path))
    monkeypatch.setenv(VARIABLE, "10")
    faces = [
        face(channels),
        FaceReading(Box(0, 0, 9, 9, 1.0), ("angry", "happy"), np.array([0.6, 0.4])),
        face(channels),
    ]
    record("serve", "mine", faces, 0.1)
    log = logs._logs[address()]
    assert log is not None
    log.flush()
    rows = log.store.read()
    assert rows["emotion"].tolist() == ["happy", "angry", "happy"]
    assert log.store.pictured() == {rows.index[0], rows.index[2]}, "the second has no crop"
    found = log.store.pictures([int(row) for row in rows.index])
    for row, one in zip(rows.index, faces, strict=True):
        if one.crop is not None:
            np.testing.assert_array_equal(as_array(found[row]), one.crop)


def test_the_latest_stay(store: Store) -> None:
    log = Log(store, pictures=3)
    for _ in range(4):
        log.record("photo", "mine", [face(), face()], 0.1)
        log.flush()
    rows = store.read().index
    assert len(rows) == 8 and store.pictured() == set(rows[-3:])
    log.close()


def test_removed_pictures_are_not_in_the_file_any_more(store: Store, path: Path) -> None:
    log = Log(store, pictures=100)
    for _ in range(5):
        log.record("photo", "mine", [face()], 0.1)
    log.flush()
    assert bytes_of(path).count(b"\x89PNG") >= 5
    now = datetime.now(UTC).replace(tzinfo=None)
    assert store.forget_pictures(now - timedelta(days=1)) == 0 and len(store.pictured()) == 5
    assert store.forget_pictures(now) == 5
    assert len(store.read()) == 5 and not store.pictured() and b"PNG" not in bytes_of(path)
    log.close()


def test_rows_that_go_take_their_pictures_along(store: Store) -> None:
    log = Log(store, pictures=100)
    log.record("photo", "mine", [face()], 0.1)
    log.flush()
    assert store.forget(datetime.now(UTC).replace(tzinfo=None)) == 1 and not store.pictured()
    log.close()


def test_a_crop_that_is_too_large_and_bytes_that_are_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST", 100)
    assert as_png(face().crop) is None and as_png(None) is None
    assert as_array(b"\x89PNG broken") is None and as_array(bytes(101)) is None


@pytest.mark.parametrize("text", ["-1", "1.5", "yes", "100001", "9" * 30, "²"])
def test_anything_but_a_number_of_pictures_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ConfigError, match="0 to 100,000"):
        kept()


def test_the_command_removes_pictures_and_keeps_their_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LOG, str(path))
    store = Store(address())
    log = Log(store, pictures=5)
    log.record("photo", "mine", [face(), face()], 0.1)
    log.flush()
    done = CliRunner().invoke(app, ["monitor", "forget", "--pictures", "--days", "0"])
    assert done.exit_code == 0 and done.stdout == "2 pictures were removed.\n"
    assert len(store.read()) == 2 and not store.pictured()
    assert CliRunner().invoke(app, ["monitor", "forget", "--days", "0"]).stdout == "2 rows were removed.\n"
    log.close()


def test_the_server_wants_a_log_for_its_pictures(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    monkeypatch.delenv(LOG, raising=False)
    done = CliRunner().invoke(app, ["serve", "alpha", "--log-pictures", "10"])
    assert done.exit_code != 0 and "--log-pictures needs a log" in done.stdout + done.stderr
    option = get_type_hints(serve, include_extras=True)["log_pictures"].__metadata__[0]
    assert (option.envvar, option.max) == (VARIABLE, MOST)
