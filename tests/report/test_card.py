"""Model cards: what the manifest says, as Hugging Face reads it, and nothing a stranger's name could add."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.errors import RunError
from ferkit.report.card import card, front_matter
from ferkit.report.limits import limits
from ferkit.report.reproduce import command
from ferkit.runs import ClassOffsets, ClassScores, CorrectedLabels, DataSpec, HeldOut, ModelSpec, Run
from tests.manifests import manifest, scores
from tests.worlds import ROOT, World

CLASSES = ("Sad", "Happy")


def run(**changes: object) -> Run:
    return Run(Path("mine"), manifest(CLASSES, **{"scores": {"val": scores(CLASSES, 0.7)}} | changes))


def test_front_matter_is_what_the_hub_indexes() -> None:
    text = card(run())
    assert text.startswith("---\n")
    front = yaml.safe_load(text.split("---\n")[1])
    assert front == front_matter(run())
    assert front["pipeline_tag"] == "image-classification" and front["datasets"] == ["faces"]
    (result,) = front["model-index"][0]["results"]
    assert result["dataset"]["split"] == "val"
    assert {row["type"]: row["value"] for row in result["metrics"]} == {"accuracy": 0.7, "f1": 0.63, "recall": 0.665}


def test_scores_come_with_their_intervals() -> None:
    text = card(run())
    assert "**70.0%** of 10 val faces [60.0%, 80.0%]" in text
    assert "| val | 10 | 70.0% [60.0%, 80.0%] | 68.0% | 0.630 [0.200, 0.900] | 66.5% | 3.0% |" in text
    assert "| Sad | 50.0% | 50.0% [40%, 60%] | 0.500 | 5 |" in text


def test_scores_on_training_faces_are_not_offered_to_the_hub() -> None:
    mine = run(scores={"train": scores(CLASSES, 0.9), "val": scores(CLASSES, 0.7)})
    (result,) = front_matter(mine)["model-index"][0]["results"]
    assert result["dataset"]["split"] == "val"
    assert "| train (in sample) |" in card(mine)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Its lowest recall is that of Sad: 50% [40%, 60%] of 5 val faces."),
        ({}, "Few val faces, so wide intervals: Sad (5), Happy (5)."),
        ({}, "1 of the 10 val faces are pixel-identical to a training face."),
        ({}, "There are no scores on test: recipes were chosen, and the temperature fitted, on the same val."),
        ({"scores": {}}, "It has not been scored on held-out faces."),
        ({"status": "interrupted", "epochs_done": 3}, "Its training was interrupted after 3 epochs."),
        (
            {"corrections": CorrectedLabels(source="notes", digest="d", n=12)},
            "12 of its labels are not the released ones (notes).",
        ),
        (
            {"config": {"soft_labels": ["crowd.csv"]}},
            "It also learned from soft labels in crowd.csv. Where these come from outside faces, its scores are no "
            "result on faces alone.",
        ),
    ],
)
def test_limits_are_read_off_the_manifest(changes: dict, sentence: str) -> None:
    assert sentence in limits(run(**changes))


def test_scores_on_the_faces_that_offsets_were_fitted_to_come_with_held_out_ones() -> None:
    held_out = HeldOut(
        folds=5, accuracy=0.693, macro_f1=0.668, balanced_accuracy=0.66, g_mean=0.65, ece=0.02, nll=0.9,
        recall=dict.fromkeys(CLASSES, 0.66),
    )  # fmt: skip
    offsets = ClassOffsets(
        run="plain", cost=0.003, offsets={"Sad": 0.2, "Happy": -0.2}, held_out=held_out, without=held_out
    )
    moved, sentence = (
        run(calibration=offsets),
        "Its weights include class offsets fitted on val; held out, over 5 folds: 69.3%",
    )
    assert card(moved).count(sentence) == 1 and limits(moved)[0].startswith(sentence)
    (result,) = front_matter(moved)["model-index"][0]["results"]
    assert {row["type"]: row["value"] for row in result["metrics"]} == {"accuracy": 0.693, "f1": 0.668, "recall": 0.66}
    assert sentence not in card(run())


def test_a_class_that_is_never_recognised_is_named() -> None:
    row = ClassScores(precision=0.0, recall=0.0, f1=0.0, support=500)
    values = scores(CLASSES).model_dump() | {"per_class": {"Sad": row, "Happy": row.model_copy(update={"recall": 0.9})}}
    found = limits(run(scores={"val": type(scores(CLASSES))(**values)}))
    assert "It recognised none of the val faces of Sad." in found


def test_names_are_text() -> None:
    hostile = run(
        model=ModelSpec(name="<script>alert(1)</script>"),
        data=DataSpec(name="![x](http://evil/)", fingerprint="f`\n---\ninjected: true"[:2]),
    )
    text = card(hostile)
    prose = "".join(text.split("---\n", 2)[2].split("```")[::2])  # in a code block nothing but backticks has a meaning
    assert r"\<script\>" in prose and "<script>" not in prose and "![x]" not in prose
    assert yaml.safe_load(text.split("---\n")[1])["datasets"] == ["![x](http://evil/)"]


def test_a_run_in_training_has_no_card_yet() -> None:
    with pytest.raises(RunError, match="still being trained"):
        card(run(status="training"))


def test_the_command_of_a_mean_of_runs_is_average() -> None:
    mean = run(recipe="average", config={"members": ["a", "b"], "weights": [0.5, 0.5]})
    assert command(mean) == "python -m ferkit average a b --name mine --weight 0.5 --weight 0.5"


@pytest.mark.parametrize("name", ["compact", "compact-wild", "demo", "lenet"])
def test_shipped_runs_have_cards(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    out = tmp_path / "README.md"
    done = CliRunner().invoke(app, ["card", name, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "None" not in out.read_text("utf-8") and "## Limits" in out.read_text("utf-8")


def test_the_overview_offers_the_card(gray_world: World, request: pytest.FixtureRequest) -> None:
    at = request.getfixturevalue("app")(gray_world, "overview")
    assert not at.exception
    assert [button.label for button in at.get("download_button")] == ["Write model card", "Write report (about 5 s)"]
