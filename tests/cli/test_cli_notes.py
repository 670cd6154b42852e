"""Notes and corrected labels at the command line."""

import json

import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import notes, store
from ferkit.data.notes import Note
from ferkit.runs import open_run
from tests.worlds import World

FAST = ["--set", "model_args={filters: 4}", "--set", "batch=32", "--set", "warmup=0", "--set", "epochs=1"]


def cli(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(args))
    return result.exit_code, result.stdout + result.stderr


def wrong(row: int) -> Note:
    faces = store.load("tiny")
    return Note(str(faces.ids[row]), "wrong label", faces.classes[(faces.labels[row] + 1) % 7], text="[red]seen\x41")


def test_out_and_in_again(world: World) -> None:
    assert "No notes on tiny yet" in cli("notes", "list", "tiny")[1]
    notes.write("tiny", wrong(0), Note(str(store.load("tiny").ids[1]), "ambiguous", tag="glasses"))
    before = notes.read("tiny")
    assert "ambiguous" in cli("notes", "list", "tiny")[1]
    assert json.loads(cli("notes", "list", "tiny", "--json")[1])[0]["face"] in before
    assert "2 notes written" in cli("notes", "export", "tiny", str(world.path / "out.csv"))[1]
    notes.remove("tiny", *before)
    assert "2 notes imported" in cli("notes", "import", "tiny", str(world.path / "out.csv"))[1]
    assert notes.read("tiny") == before
    assert cli("notes", "export", "tiny", "-")[1].startswith("id,mark,label")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["list", "nope"], "No dataset 'nope'"),
        (["list", "../tiny"], "A dataset name must"),
        (["export", "nope", "x.csv"], "No dataset 'nope'"),
        (["import", "tiny", "absent.csv"], "no such file"),
    ],
)
def test_mistakes_are_one_sentence(world: World, args: list[str], message: str) -> None:
    code, output = cli("notes", *args)
    assert code == 2 and message in output and output.count("\n") == 1


def test_a_run_is_trained_on_corrected_labels_and_scored_with_and_without(world: World) -> None:
    faces = store.load("tiny")
    train, val = ((faces.splits == split).nonzero()[0][0] for split in ("train", "val"))
    notes.write("tiny", wrong(train), wrong(val))
    words = ["train", "--recipe", "quick", "--data", "tiny", "--name", "mine", *FAST, "--no-map"]
    code, output = cli(*words, "--corrections", "notes")
    assert code == 0 and "1 label of train corrected by notes." in output, output
    spec = open_run("mine").manifest.corrections
    assert spec is not None and spec.n == 1
    code, output = cli("evaluate", "mine", "--no-map", "--corrections", "notes")
    assert code == 0 and "With 1 corrected label accuracy is" in output, output
    code, output = cli("evaluate", "mine", "--no-map", "--corrections", "notes", "--json")
    assert json.loads(output)["corrected"]["labels"] == 1


def test_what_is_refused(world: World) -> None:
    (world.path / "bad.csv").write_text("id,label\nnobody,sad\n")
    words = ["train", "--recipe", "quick", "--data", "tiny", "--name", "mine", *FAST]
    code, output = cli(*words, "--corrections", str(world.path / "bad.csv"))
    assert code == 2 and "no face of 'tiny'" in output
    code, output = cli(*words, "--corrections", "absent.csv")
    assert code == 2 and "No file 'absent.csv'" in output
    code, output = cli(*words, "--correct-val")
    assert code == 2 and "--corrections FILE" in output
    assert not (world.checkpoints / "mine").exists()
