"""Monitor: off, nothing logged, a log that looks like val, one that does not, another run's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from ferkit.data import store
from ferkit.metrics import softmax
from ferkit.monitor.pictures import VARIABLE as PICTURES
from ferkit.monitor.pictures import as_png
from ferkit.monitor.reference import make, measured
from ferkit.monitor.store import VARIABLE, Store
from ferkit.runs import open_run
from tests.pages.components import charts, rows, sent
from tests.worlds import World

CHARTS = ["Faces per 15 minutes", "Latency", "Confidence", "Predicted classes"]


@pytest.fixture
def world(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A copy whose run `alpha` has a reference."""
    world = gray_world.copy(tmp_path / "copy")
    world.enter(monkeypatch)
    make(open_run("alpha"), store.load("tiny"))
    return world


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "log.db"))
    return f"sqlite:///{tmp_path / 'log.db'}"


def tiles(at) -> list[list]:
    """Row, title and note of each face shown."""
    return [tile for data in sent(at, "tiles") for tile in data["tiles"]]


def fill(url: str, run: str = "alpha", shade: float = 1.0, pictures: bool = False) -> None:
    """Five hours of the val faces as `alpha` reads them, in turn by photo and serve, ended a minute ago."""
    mine, val = open_run("alpha"), store.load("tiny").split("val")
    shares = softmax(mine.results().logits("val"), mine.temperature)
    light = measured((val.images * shade).astype(np.uint8), mine.manifest.input.size)
    now = datetime.now(UTC).replace(tzinfo=None)
    log = Store(url)
    log.add(
        [
            {
                "time": now - timedelta(minutes=1 + 3 * (k // 2)), "source": ("photo", "serve")[k % 2], "run": run,
                "latency": 25.0, "emotion": mine.classes[shares[k % len(val)].argmax()], "size": 60.0,
                "confidence": float(shares[k % len(val)].max()),
                **{name: float(values[k % len(val)]) for name, values in light.items()},
            }
            for k in range(200)
        ],
        [as_png(val.images[k % len(val)]) for k in range(200)] if pictures else [],
        keep=80,
    )  # fmt: skip
    log.close()


def test_without_a_log_it_says_how_to_switch_it_on(gray_world: World, app) -> None:
    at = app(gray_world, "monitor")
    assert not at.exception and "off until you switch it on" in at.info[0].value
    assert any("FERKIT_LOG=predictions.db make app" in text.value for text in at.markdown)


def test_an_empty_log_says_so(world: World, url: str, app) -> None:
    at = app(world, "monitor", run="alpha")
    assert not at.exception and "No prediction of alpha is logged in the last week." in at.info[0].value


def test_faces_like_val_raise_no_alarm(world: World, url: str, app) -> None:
    fill(url)
    at = app(world, "monitor", run="alpha")
    assert not at.exception
    assert any("200 faces in the last week" in text.value and "25 ms" in text.value for text in at.markdown)
    assert "look like val" in at.success[0].value and not at.warning
    assert {row["Alarm"] for row in rows(at, "Drift")} == {"no"} and charts(at) == CHARTS


def test_darkened_faces_raise_it(world: World, url: str, app) -> None:
    fill(url, shade=0.4)
    at = app(world, "monitor", run="alpha")
    assert "**brightness** lower" in at.warning[0].value and not at.success
    assert {row["Measure"]: row["Alarm"] for row in rows(at, "Drift")}["brightness"] == "yes"


def test_without_pictures_it_says_that_none_is_kept(world: World, url: str, app) -> None:
    fill(url)
    at = app(world, "monitor", run="alpha")
    assert any("No picture is kept." in text.value and PICTURES in text.value for text in at.caption)
    assert not tiles(at)


def test_faces_behind_an_alarm_come_first(world: World, url: str, app, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PICTURES, "80")
    fill(url, shade=0.4, pictures=True)
    at = app(world, "monitor", run="alpha", faces="brightness")
    assert not at.exception and len(tiles(at)) == 48
    shown = [float(tile[2]) for tile in tiles(at)]
    assert shown == sorted(shown), "the darkest first"
    assert any("48 of 80 faces" in text.value and "forget --pictures" in text.value for text in at.caption)


def test_the_least_confident_faces_and_one_of_them(
    world: World, url: str, app, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(url, pictures=True)
    at = app(world, "monitor", run="alpha", faces="least confident")
    sure = [int(tile[1].split()[-1].rstrip("%")) for tile in tiles(at)]
    assert sure == sorted(sure) and any(f"{PICTURES} is not set" in text.value for text in at.caption)
    at.session_state["monitor-face"] = tiles(at)[3][0]
    at.run()
    title = tiles(at)[3][1]
    assert not at.exception and any(text.value == f"**{title}**" for text in at.markdown)
    assert any("Brightness" in text.value and "25 ms a picture" in text.value for text in at.caption)


def test_a_visitor_is_told_that_faces_are_kept(world: World, url: str, app, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any("are kept" in text.value for text in app(world, "photo", run="alpha").caption)
    monkeypatch.setenv(PICTURES, "500")
    assert any(
        "are kept in this app's log, the latest 500" in c.value for c in app(world, "photo", run="alpha").caption
    )


def test_one_source_and_one_period_can_be_chosen(world: World, url: str, app) -> None:
    fill(url)
    at = app(world, "monitor", run="alpha", **{"from": "serve"})
    assert any("100 faces in the last week" in text.value for text in at.markdown)
    at = app(world, "monitor", run="alpha", period="hour")
    assert any("40 faces in the last hour" in text.value for text in at.markdown)


def test_a_log_of_another_run_is_named(world: World, url: str, app) -> None:
    fill(url, run="beta")
    at = app(world, "monitor", run="alpha")
    assert not at.exception and "Logged there: beta (200)" in at.info[0].value


def test_without_a_reference_the_charts_are_drawn_and_the_command_is_named(world: World, url: str, app) -> None:
    fill(url, run="beta")
    at = app(world, "monitor", run="beta")
    assert not at.exception and "ferkit monitor reference" in at.info[0].value and charts(at) == CHARTS


def test_a_database_that_cannot_be_used_is_one_message(world: World, app, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "nosuchdatabase://host/log")
    at = app(world, "monitor", run="alpha")
    assert not at.exception and "cannot be used" in at.error[0].value


def test_a_photo_is_logged(world: World, url: str, app) -> None:
    from ferkit.monitor import log as logs
    from tests.serve.serving import picture

    at = app(world, "photo", run="alpha")
    at.file_uploader[0].upload("face.png", picture(side=60)).run()
    assert not at.exception
    for log in logs._logs.values():
        if log is not None:
            log.flush()
    (row,) = Store(url).read().to_dict("records")
    assert (row["source"], row["run"], row["size"]) == ("photo", "alpha", 60)
