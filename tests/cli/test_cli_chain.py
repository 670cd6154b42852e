"""`chain` as a person types it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ferkit.cli import chain
from ferkit.data import store
from ferkit.evaluate import chain as scoring
from ferkit.runs import DataSpec, Run
from tests.untrained import noise, untrained

app = typer.Typer()
chain.register(app)
app.callback()(lambda: None)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A stored dataset of noise and an untrained run `tiny` on it; scenes are read as drawn only."""
    monkeypatch.setattr(
        scoring.chain, "__kwdefaults__", scoring.chain.__kwdefaults__ | {"conditions": scoring.CONDITIONS[:1]}
    )
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    faces = noise(n=180)
    store.save(faces)
    data = DataSpec(name=faces.name, fingerprint=faces.fingerprint, counts=faces.counts())
    return untrained(faces, "tiny").update(data=data)


def test_it_prints_stores_and_writes_a_table(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "chain.md"
    done = CliRunner().invoke(app, ["chain", "tiny", "--faces", "50", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "`tiny` on 50 val faces of noise" in done.output and "Haar cascade finds" in done.output
    assert out.read_text("utf-8").strip() in done.output and run.results().chain("val")["faces"].iloc[0] == 50


def test_json_is_one_value(run: Run) -> None:
    done = CliRunner().invoke(app, ["chain", "tiny", "--faces", "50", "--json"])
    report = json.loads(done.stdout)
    assert report["run"] == "tiny" and report["rows"][0]["kind"] == "as drawn"


def test_too_few_faces_end_with_one_sentence(run: Run) -> None:
    done = CliRunner().invoke(app, ["chain", "tiny", "--faces", "5"])
    assert done.exit_code == 2 and "Expected at least 50 faces, got 5" in done.output
