"""`data import`, `data list`, `data show` as they are typed."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image
from typer.testing import CliRunner

from ferkit.cli import data as cli_data
from ferkit.data import store


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "stored"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli_data.app, [str(a) for a in arguments])


def source(root: Path, extra: dict[str, bytes] | None = None, seed: int = 0) -> Path:
    """12 training and 4 val faces of two classes; one val face is also in train."""
    rng = np.random.default_rng(seed)
    files: dict[str, bytes] = {}
    for split, count in (("train", 6), ("val", 2)):
        for label in ("[red]", "sad"):
            for i in range(count):
                out = io.BytesIO()
                Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(out, "PNG")
                files[f"{split}/{label}/{i}.png"] = out.getvalue()
    files["val/sad/0.png"] = files["train/sad/0.png"]
    for name, data in (files | (extra or {})).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def numbers(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("│ ").split("│")]


def test_import_prints_a_summary_and_stores(folder: Path) -> None:
    done = run("import", source(folder / "My faces (2)"))
    assert done.exit_code == 0, done.output
    rows = [numbers(line) for line in done.stdout.splitlines() if line.startswith("│")]
    assert rows == [["[red]", "6", "2", "8"], ["sad", "6", "2", "8"], ["all", "12", "4", "16"]]
    assert "My faces -2-: 16 faces, 8x8 gray, 2 classes" in done.stdout
    assert "1 val also in train" in done.stdout
    assert store.names() == ["My faces -2-"]


def test_skipped_files_are_counted_and_ten_are_named(folder: Path) -> None:
    done = run("import", source(folder / "in", {f"train/sad/bad{i:02d}.png": b"" for i in range(13)}))
    assert "Skipped: 13 files" in done.stdout and "and 3 more" in done.stdout
    done = run("import", source(folder / "few", {"train/sad/bad.png": b""}))
    assert "Skipped: 1 file." in done.stdout
    done = run("import", source(folder / "in", {f"train/sad/bad{i:02d}.png": b"" for i in range(13)}), "--force")
    assert done.stdout.count("empty file") == 10 and "train/sad/bad09.png: empty file" in done.stdout


def test_options_reach_the_import(folder: Path) -> None:
    votes = folder / "votes.csv"
    votes.write_text("split,label,file,yes,no\ntrain,sad,0.png,4,6\n")
    done = run(
        "import", source(folder / "in"), "--name", "small", "--votes", votes, "--size", 16, "--subset", 0.5, "--seed", 3
    )
    assert done.exit_code == 0, done.output
    assert store.load("small").size == 16 and len(store.load("small")) == 8
    assert "Votes for: yes, no." in done.stdout and "8 of 16 faces kept, seed 3" in done.stdout


def test_a_dataset_is_replaced_only_by_force(folder: Path) -> None:
    run("import", source(folder / "in"))
    before = store.load("in").fingerprint
    other = source(folder / "other", seed=1)
    done = run("import", other, "--name", "in")
    assert done.exit_code == 2 and "--force" in done.stderr and store.load("in").fingerprint == before
    assert run("import", other, "--name", "in", "--force").exit_code == 0
    assert store.load("in").fingerprint != before


@pytest.mark.parametrize(
    "arguments", [("import", "nowhere.zip"), ("show", "nothing"), ("show", "../x"), ("import", "x", "--name", "a/b")]
)
def test_a_mistake_gives_one_message_on_stderr(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("Error: ") and "Traceback" not in done.output


def test_list_and_show_as_text_and_json(folder: Path) -> None:
    assert "No dataset yet" in run("list").stdout and json.loads(run("list", "--json").stdout) == []
    run("import", source(folder / "in"), "--name", "faces")
    shown = json.loads(run("show", "faces", "--json").stdout)
    assert shown["counts"]["train"] == {"[red]": 6, "sad": 6} and shown["duplicates"]["val also in train"] == 1
    assert json.loads(run("list", "--json").stdout) == [shown]
    assert "faces" in run("list").stdout and "8x8 gray" in run("list").stdout
    assert (
        "[red]" in run("show", "faces").stdout and f"Fingerprint {shown['fingerprint']}" in run("show", "faces").stdout
    )


def test_list_survives_a_broken_dataset(folder: Path) -> None:
    run("import", source(folder / "in"), "--name", "good")
    store.path_of("bad").write_bytes(b"cut")
    assert "unreadable" in run("list").stdout
    assert "cut short" in json.loads(run("list", "--json").stdout)[0]["error"]


def test_audit_prints_a_summary_and_stores(folder: Path) -> None:
    run("import", source(folder / "in"), "--name", "mine")
    done = run("audit", "mine")
    assert done.exit_code == 0, done.output
    assert "mine: 16 faces audited." in done.stdout
    assert "Of val, identical to a training face: 1; nearly so: 0 more." in done.stdout
    assert (folder / "stored" / "mine-audit.parquet").is_file()
    assert store.names() == ["mine"]
    counts = json.loads(run("audit", "mine", "--json").stdout)
    assert counts["n"] == 16 and counts["identical in train"] == {"val": 1}
    assert counts["path"].endswith("mine-audit.parquet")
    missing = run("audit", "nothing")
    assert missing.exit_code == 2 and "No dataset 'nothing'" in missing.output
