"""The Deploy page: a recommendation, the formats of a run, and the faces whose answer changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ferkit import files
from ferkit.deploy import record
from ferkit.deploy.record import Latency, Machine
from ferkit.runs import open_run
from tests.deploy.records import stored
from tests.worlds import World


@pytest.fixture
def deployed(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`gray_world` with a deploy.json of `alpha`, in which int8 breaks, fixes and changes one face each."""
    world = gray_world.copy(tmp_path / "deployed")
    describe(world, monkeypatch)
    return world


def describe(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.enter(monkeypatch)
    run = open_run("alpha")
    ids = tuple(run.results().predictions("val")["id"][:3])
    one = stored(weights=record.digest(run), ids=ids)
    files.write_json(run.path / record.NAME, one.model_dump(mode="json", exclude_none=True))


def part(at: Any, name: str) -> list[dict[str, Any]]:
    """What the browser gets for the components of that name."""
    parts = [p.proto for p in at.get("bidi_component") if p.proto.component_name == f"ferkit_{name}"]
    return [json.loads(proto.json) for proto in parts]


def texts(at: Any) -> str:
    return "\n".join(element.value for kind in (at.markdown, at.caption, at.info, at.warning) for element in kind)


def test_a_recommendation_the_formats_and_the_flipped_faces(app: Callable, deployed: World) -> None:
    at = app(deployed, "deploy", data="tiny", split="val", run="alpha")
    assert not at.exception
    said = texts(at).replace("\\", "")
    assert "≤ 2 MB and ≤ 2 ms: alpha int8 (100 kB, 0.50 ms a face), 69.7% on val, −0.3 points" in said
    assert "alpha dynamic int8 is 4.0 times as slow as float32" in said
    assert "**3 faces are** answered otherwise by alpha as int8: 1 broken, 1 fixed, 1 changed." in said
    assert "float16 has no place here" in said and "50 GFLOP/s on 1 thread" in said
    (table,) = part(at, "table")
    assert [row[0][0] for row in table["rows"]] == ["PyTorch", "ONNX float32", "int8", "dynamic int8"]
    assert table["chosen"] == [2]
    (gallery,) = part(at, "gallery")
    assert gallery["notes"]["texts"] == ["angry → disgust"] and gallery["label"] == "3 faces"


def test_times_of_another_machine_are_left_out_and_said_so(app: Callable, deployed: World) -> None:
    machine = Machine(name="Another processor", cores=4, measured="2026-11-01T00:00:00+00:00")

    def time_there(name: str) -> None:
        run = open_run(name)
        one = stored(weights=record.digest(run), slow=0.1).model_copy(update={"machine": machine})
        files.write_json(run.path / record.NAME, one.model_dump(mode="json", exclude_none=True))

    time_there("beta")
    said = texts(app(deployed, "deploy", data="tiny", split="val", run="beta"))
    assert "Times are of Another processor, 4 cores" in said and "Times of alpha are of another machine" in said
    assert "`python -m ferkit bench alpha`" in said
    time_there("alpha")
    assert "another machine" not in texts(app(deployed, "deploy", data="tiny", split="val", run="beta"))


def test_the_budget_the_format_and_the_kind_are_in_the_url(app: Callable, deployed: World) -> None:
    query = {"mb": "0.01", "ms": "0.1", "format": "int8-dynamic", "flipped": "fixed", "cost": "size"}
    at = app(deployed, "deploy", data="tiny", split="val", run="alpha", **query)
    assert "nothing fits; the smallest is alpha dynamic int8" in texts(at).replace("\\", "")
    (gallery,) = part(at, "gallery")
    assert gallery["label"] == "1 faces"
    assert "Accuracy against size" in json.dumps(part(at, "chart"))


def test_engines_besides_the_formats_have_a_table(app: Callable, deployed: World) -> None:
    times = [("openvino", 1, 1, 0.25), ("openvino", 2, 256, 32.0), ("compile", 1, 1, 1.5)]
    more = tuple(Latency(engine=e, threads=t, batch=b, p50=ms, p95=ms, peak_mb=147.0) for e, t, b, ms in times)
    run = open_run("alpha")
    before = record.read(run)
    assert before is not None
    record.change(run, latency=(*before.latency, *more))
    at = app(deployed, "deploy", data="tiny", split="val", run="alpha")
    assert not at.exception
    _, engines = part(at, "table")
    shown = {row[0][0]: [cell[0] for cell in row[1:]] for row in engines["rows"]}
    assert shown["OpenVINO, float32"] == ["0.25 ms", "32 ms", "8,000", "147 MB"]
    assert shown["torch.compile"][0] == "1.50 ms" and len(shown) == 6


def test_it_works_without_images(app: Callable, imageless_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    describe(imageless_world, monkeypatch)
    at = app(imageless_world, "deploy", data="tiny", split="val", run="alpha")
    assert not at.exception and "answered otherwise by alpha as int8" in texts(at)
    (gallery,) = part(at, "gallery")
    assert not gallery.get("sprites") and gallery["label"] == "3 faces"


def test_a_run_that_was_not_exported_and_one_trained_again_say_so(app: Callable, deployed: World) -> None:
    at = app(deployed, "deploy", data="tiny", split="val", run="beta")
    assert "has not been exported and scored" in texts(at)
    path = deployed.checkpoints / "alpha" / record.NAME
    path.write_text(path.read_text("utf-8").replace(json.loads(path.read_text("utf-8"))["weights"], "0" * 16))
    at = app(deployed, "deploy", data="tiny", split="val", run="alpha")
    assert "Trained again since they were exported: alpha" in texts(at) and "No run has been exported" in texts(at)
    path.write_text("[]")
    assert "expected a JSON object" in texts(app(deployed, "deploy", data="tiny", split="val", run="alpha"))


def test_the_button_makes_a_file_and_offers_it(app: Callable, gray_world: World, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    world = gray_world.copy(tmp_path / "export")
    at = app(world, "deploy", data="tiny", split="val", run="alpha")
    assert "No run has been exported" in texts(at)
    at.button(key="deploy-export").click().run()
    assert not at.exception and (world.checkpoints / "alpha" / "model.onnx").is_file()
    assert "alpha ONNX float32" in texts(at).replace("\\", "")
    assert "Download model.onnx" in str([one.proto.label for one in at.get("download_button")])
