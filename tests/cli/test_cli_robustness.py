"""`robustness` and `calibrate` as a person types them."""

import json

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from ferkit.cli import calibrate, robustness
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.evaluate.corruption import CLEAN, CORRUPTIONS
from ferkit.evaluate.strengths import KINDS
from ferkit.predict.classifier import Classifier
from ferkit.runs import LOGIT, DataSpec, Run
from tests.untrained import noise, untrained

app = typer.Typer()
robustness.register(app)
calibrate.register(app)


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def stored() -> tuple[Run, Faces]:
    """A stored dataset of noise and an untrained run `tiny` on it, with predictions on its val."""
    faces = noise()
    store.save(faces)
    run, val = untrained(faces, "tiny"), faces.split("val")
    logits = Classifier.open(run).logits(val.images)
    columns = {LOGIT + name: logits[:, i] for i, name in enumerate(faces.classes)}
    pd.DataFrame({"id": val.ids, "label": val.labels, "leaked": val.leaked, **columns}).to_parquet(
        run.path / "val.parquet"
    )
    data = DataSpec(name=faces.name, fingerprint=faces.fingerprint, counts=faces.counts())
    return run.update(data=data), faces


def test_robustness_scores_and_stores_every_corruption(stored: tuple[Run, Faces]) -> None:
    done = call("robustness", "tiny", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [score["corruption"] for score in report["scores"]] == [CLEAN, *CORRUPTIONS]
    accuracy = [score["accuracy"] for score in report["scores"][1:]]
    assert report["mean_accuracy"] == pytest.approx(sum(accuracy) / 12)
    assert len(report["strengths"]) == 1 + 5 * len(KINDS)
    table = stored[0].results().robustness("val")
    assert [row["accuracy"] for row in report["strengths"]] == pytest.approx(table["accuracy"].tolist())
    assert report["stored"].endswith("val-robustness.parquet")


def test_robustness_prints_a_row_per_kind(stored: tuple[Run, Faces], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    output = call("robustness", "tiny").output
    assert all(kind in output for kind in KINDS)
    assert "Mean of the twelve single corruptions (strength 3):" in output
    assert "val-robustness.parquet" in output.replace("\n", "")


def test_calibrate_tells_what_held_out_faces_score(stored: tuple[Run, Faces]) -> None:
    done = call("calibrate", "tiny", "--json", "--folds", 3)
    assert done.exit_code == 0, done.output
    alone, both, offsets = json.loads(done.stdout)["calibrations"]
    assert alone["tau"] == 0 <= both["tau"]
    assert offsets["tau"] == 0 and set(offsets["offsets"]) == set(stored[1].classes)
    assert set(alone["recall"]) == set(stored[1].classes)
    assert "recall of happy" in call("calibrate", "tiny").output


def test_what_cannot_be_calibrated_is_refused_in_one_sentence(stored: tuple[Run, Faces]) -> None:
    run, _ = stored
    run.update(data=DataSpec(name="noise"))
    done = call("calibrate", "tiny")
    assert done.exit_code == 2
    assert "how many faces of each class" in done.output
    assert call("robustness", "gone").exit_code == 2
