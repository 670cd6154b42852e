"""`nearest` as a person types it."""

import json

import typer
from typer.testing import CliRunner

from ferkit.cli import nearest
from ferkit.data import store
from ferkit.evaluate.evaluation import evaluate
from tests.untrained import noise, untrained

app = typer.Typer()
nearest.register(app)


def test_it_says_what_it_found_and_where() -> None:
    faces = noise()
    store.save(faces)
    run = untrained(faces, "tiny")
    refused = CliRunner().invoke(app, ["tiny"])
    assert refused.exit_code != 0 and "ferkit evaluate RUN" in refused.output
    evaluate(run, faces, "val", maps=False)
    said = CliRunner().invoke(app, ["tiny"])
    assert said.exit_code == 0, said.output
    assert "val-nearest.npz is written: 30 faces, the nearest 5 of 60 training faces" in said.output
    report = json.loads(CliRunner().invoke(app, ["tiny", "--json"]).stdout)
    assert report["n"] == 30 and report["bytes"] == (run.path / "val-nearest.npz").stat().st_size
