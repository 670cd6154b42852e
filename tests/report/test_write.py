"""Reports: complete, self-contained, true to the run folders, and safe with untrusted names."""

import json
import re
import shlex
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.errors import RunError
from ferkit.report.facts import gather
from ferkit.report.reproduce import command as command_of
from ferkit.report.write import html, write
from ferkit.runs import CrossValidation, DataSpec, ModelSpec, Run, open_run
from ferkit.train.config import from_recipe
from tests.manifests import manifest
from tests.worlds import World


@pytest.fixture(autouse=True)
def world(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)


def test_the_report_shows_what_the_run_folders_contain_and_is_self_contained() -> None:
    page = html([open_run("alpha"), open_run("beta")], "val")
    assert not re.findall(r"(?:src|href)=\"(?!#|data:)", page) and "<script" not in page and "@import" not in page
    for name in ("alpha", "beta"):
        scores = open_run(name).results().scores["val"]
        assert f"{100 * scores.accuracy:.1f}%" in page and f"{scores.macro_f1:.3f}" in page
    assert "Against beta:" in page and "Most confident mistakes" in page
    assert "Questions" not in page and 'class="answer"' not in page
    drawn = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawn) == 9  # seven, and a matrix for each run
    for svg in drawn:
        ET.fromstring(svg)


def test_facts_are_those_of_the_predictions() -> None:
    facts = gather([open_run("alpha"), open_run("beta")], "val")
    matrix = facts.matrices["alpha"]
    top = facts.confusions[0]
    assert top.faces == matrix[facts.classes.index(top.true), facts.classes.index(top.predicted)]
    assert [row.faces for row in facts.confusions] == sorted((row.faces for row in facts.confusions), reverse=True)
    assert "model" in facts.differing and "seed" not in facts.differing
    predictions = open_run("alpha").results().predictions("val")
    logits = open_run("alpha").results().logits("val")
    assert (logits.argmax(1)[facts.surest_wrong] != predictions["label"].to_numpy()[facts.surest_wrong]).all()


def test_without_faces_curves_and_weights_the_rest_is_written(
    gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "bare")
    shutil.copytree(gray_world.checkpoints / "alpha", world.checkpoints / "alpha")
    for name in ("model.safetensors", "history.csv", "val-cams.npz"):
        (world.checkpoints / "alpha" / name).unlink()
    world.enter(monkeypatch)
    page = html([open_run("alpha")], "val")
    assert "<h2>Training" not in page and "confident mistakes" not in page and "<h2>Features" not in page
    assert "<h2>Scores</h2>" in page
    assert 'class="answer"' in html([open_run("alpha")], "val", student=True)


def test_the_printed_commands_reproduce_the_runs() -> None:
    config = from_recipe(
        "compact-votes",
        ["teacher=", "lr=0.03", "model_args.widths=[8, 16]", "augment.crop=40", "seed=3", "balance=sampler"],
    )
    run = Run(
        Path("a b"),
        manifest(recipe="compact-votes", data=DataSpec(name="my data"), config=config.as_dict()),
    )
    words = shlex.split(command_of(run))
    assert (
        words[:9] == ["python", "-m", "ferkit", "train", "--recipe", "compact-votes", "--data", "my data", "--name"]
        and words[9] == "a b"
    )
    settings = words[11::2]
    assert from_recipe("compact-votes", settings).as_dict() == config.as_dict() and len(settings) == 6
    folds = dict.fromkeys(("accuracy", "macro_f1", "balanced_accuracy"), (0.5,) * 4)
    crossed = Run(run.path, run.manifest.replace(crossval=CrossValidation(folds=4, **folds)))
    assert shlex.split(command_of(crossed))[3:6] == ["crossval", "--folds", "4"]
    joined = Run(
        run.path,
        run.manifest.replace(
            model=ModelSpec(name="ensemble"), config={"mode": "logits", "weights": "val", "members": ["x", "y"]}
        ),
    )
    assert command_of(joined) == "python -m ferkit ensemble x y --name 'a b' --mode logits --weights val"
    changed = Run(run.path, run.manifest.replace(recipe="gone"))
    settings = shlex.split(command_of(changed))[11::2]
    assert from_recipe("compact-resnet", settings).as_dict() == config.as_dict()


def test_names_of_strangers_are_text(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path / "strange")
    shutil.copytree(gray_world.checkpoints / "alpha", world.checkpoints / "alpha")
    path = world.checkpoints / "alpha" / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"selection": "<script>alert(1)</script>"}))
    world.enter(monkeypatch)
    assert "<script>" not in html([open_run("alpha")], "val").lower()


def test_markdown_refers_to_its_figures(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["report", "alpha", "--out", str(tmp_path / "report.md")])
    assert done.exit_code == 0, done.output
    text = (tmp_path / "report.md").read_text()
    pictures = re.findall(r"\]\((report-figures/[a-z0-9-]+\.svg)\)", text)
    assert len(pictures) == 8 and all((tmp_path / picture).is_file() for picture in pictures)
    assert "| --- | --- |" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nobody"], "No run 'nobody'"),
        (["alpha", "--split", "test"], "no scores on test"),
        (["alpha", "--out", "x.pdf"], "ends in .html or .md"),
    ],
)
def test_what_cannot_be_reported_gives_one_message(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["report", *words])
    assert done.exit_code == 2 and message in " ".join(done.output.split())
    assert not list(tmp_path.iterdir())


def test_runs_of_other_classes_are_refused(
    colour_world: World, gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "mixed")
    shutil.copytree(gray_world.checkpoints / "alpha", world.checkpoints / "alpha")
    shutil.copytree(gray_world.checkpoints / "beta", world.checkpoints / "beta")
    table = open_run("beta").results().predictions("val").iloc[::-1]
    table.to_parquet(world.checkpoints / "beta" / "val.parquet", index=False)
    world.enter(monkeypatch)
    with pytest.raises(RunError, match="other faces or classes"):
        write([open_run("alpha"), open_run("beta")], "val", tmp_path / "x.html")
