"""Training at the command line: what is refused, what is left behind, and that a killed run resumes as if nothing had
happened."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from tests.worlds import ROOT, World

FAST = ["--set", "model_args={filters: 4}", "--set", "batch=32", "--set", "warmup=0", "--no-evaluate"]


def cli(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(args))
    return result.exit_code, result.stdout + result.stderr


def test_a_trained_run_says_what_it_is(world: World) -> None:
    code, output = cli("train", "--recipe", "quick", "--data", "tiny", "--name", "mine", "--set", "epochs=2", *FAST)
    assert code == 0, output
    meta = json.loads((world.checkpoints / "mine" / "run.json").read_text())
    assert (meta["status"], meta["epochs_done"], meta["recipe"]) == ("finished", 2, "quick")
    assert meta["config"]["epochs"] == 2
    assert meta["config"]["model_args"] == {"filters": 4}
    assert list(pd.read_csv(world.checkpoints / "mine" / "history.csv")["epoch"]) == [1, 2]
    assert not (world.checkpoints / "mine" / "state.pt").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--recipe", "nope", "--data", "tiny"], "No recipe 'nope'"),
        (["--recipe", "quick", "--data", "nope"], "No dataset 'nope'"),
        (["--recipe", "quick"], "needs --recipe and --data"),
        (["--recipe", "quick", "--data", "tiny", "--set", "epochs"], "key=value"),
        (["--recipe", "quick", "--data", "tiny", "--set", "epochs=0"], "epochs"),
        (["--recipe", "quick", "--data", "tiny", "--set", "speed=3"], "No setting 'speed'"),
        (["--recipe", "quick", "--data", "tiny", "--set", "augment.spin=3"], "augment.spin"),
        (["--recipe", "quick", "--data", "tiny", "--set", "epochs={1"], "YAML"),
        (["--recipe", "quick", "--data", "tiny", "--set", "model_args={wings: 2}"], "no argument wings"),
        (["--recipe", "quick", "--data", "tiny", "--set", "augment.crop=99"], "augment.crop"),
        (["--recipe", "quick", "--data", "tiny", "--set", "teacher=nobody"], "No run 'nobody'"),
        (["--recipe", "quick", "--data", "tiny", "--name", "../up"], "run name"),
        (["--resume", "--name", "nope"], "No run 'nope'"),
    ],
)
def test_a_mistake_gives_one_message_and_leaves_nothing(world: World, args: list[str], message: str) -> None:
    code, output = cli("train", *args)
    assert code == 2
    assert message in " ".join(output.split())
    assert output.count("\n") == 1
    assert list(world.checkpoints.iterdir()) == []


def test_a_run_is_not_overwritten_without_force(world: World) -> None:
    args = ["train", "--recipe", "quick", "--data", "tiny", "--set", "epochs=1", *FAST]
    assert cli(*args)[0] == 0
    code, output = cli(*args)
    assert code == 2
    assert "--force" in output
    assert cli(*args, "--force")[0] == 0


def test_a_teacher_is_scored_once(world: World) -> None:
    args = ["train", "--recipe", "quick", "--data", "tiny", "--set", "epochs=1", *FAST]
    assert cli(*args, "--name", "teacher")[0] == 0
    table = world.checkpoints / "teacher" / "train.parquet"
    for name in ("pupil", "second"):
        code, output = cli(*args, "--name", name, "--set", "teacher=teacher")
        assert code == 0, output
        if name == "pupil":
            first = table.stat().st_mtime_ns
    assert table.stat().st_mtime_ns == first
    alone, student = (json.loads((world.checkpoints / n / "run.json").read_text()) for n in ("teacher", "pupil"))
    assert alone["parameters"] == student["parameters"] and student["config"]["teacher"] == "teacher"
    weights = [(world.checkpoints / n / "model.safetensors").read_bytes() for n in ("teacher", "pupil", "second")]
    assert weights[0] != weights[1] == weights[2]


def test_a_network_learns_from_a_file_of_what_another_said(world: World, tmp_path: Path) -> None:
    args = ["train", "--recipe", "quick", "--data", "tiny", "--set", "epochs=1", *FAST]
    assert cli(*args, "--name", "teacher")[0] == 0
    file = tmp_path / "soft.csv"
    command = ["soft-labels", "teacher", "--data", "tiny", "--views", "2"]
    code, output = cli(*command, "--out", str(file))
    assert code == 0 and "192 training faces" in output, output
    assert cli(*args, "--name", "pupil", "--set", f"teacher={file}")[0] == 0
    for wrong, told in (
        ([*command, "--out", str(file)], "--force"),
        ([*command, "--out", str(tmp_path / "soft.txt")], "as CSV"),
        (["soft-labels", "nobody", "--data", "tiny", "--out", str(tmp_path / "new.csv")], "nobody"),
    ):
        code, output = cli(*wrong)
        assert code == 2 and told in output
    assert sorted(path.name for path in tmp_path.glob("soft*")) == ["soft.csv"] and not (tmp_path / "new.csv").exists()
    assert cli(*command, "--out", str(file), "--force")[0] == 0


def test_nothing_is_left_to_resume_of_a_finished_run(world: World) -> None:
    assert cli("train", "--recipe", "quick", "--data", "tiny", "--set", "epochs=1", *FAST)[0] == 0
    code, output = cli("train", "--resume", "--name", "quick")
    assert code == 2
    assert "finished" in output


def start(world: World, *args: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "ferkit", "train", *args]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=world.environment, preexec_fn=default_sigint, **pipes)


def default_sigint() -> None:
    """Background jobs of a shell ignore SIGINT, and so would what they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_epoch(world: World, run: str, process: subprocess.Popen, epochs: int = 1) -> None:
    path = world.checkpoints / run / "history.csv"
    end = time.time() + 120
    while time.time() < end and process.poll() is None:
        if path.is_file() and len(pd.read_csv(path)) >= epochs:
            return
        time.sleep(0.02)
    raise AssertionError(f"no epoch was finished: {process.stderr.read().decode()}")


def test_killed_and_resumed_is_the_run_that_was_never_killed(world: World) -> None:
    settings = ["--recipe", "quick", "--data", "tiny", "--set", "epochs=12", *FAST]
    process = start(world, *settings, "--name", "killed")
    wait_for_epoch(world, "killed", process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    before = pd.read_csv(world.checkpoints / "killed" / "history.csv")
    assert 1 <= len(before) < 12
    code, output = cli("train", "--resume", "--name", "killed", "--no-evaluate")
    assert code == 0, output
    assert cli("train", *settings, "--name", "whole")[0] == 0
    table = [
        pd.read_csv(world.checkpoints / name / "history.csv").drop(columns=["seconds", "images_per_second"])
        for name in ("killed", "whole")
    ]
    pd.testing.assert_frame_equal(table[0], table[1])
    weights = [(world.checkpoints / name / "model.safetensors").read_bytes() for name in ("killed", "whole")]
    assert weights[0] == weights[1]


def test_ctrl_c_leaves_a_valid_run(world: World) -> None:
    process = start(world, "--recipe", "quick", "--data", "tiny", "--name", "stopped", "--set", "epochs=500", *FAST)
    wait_for_epoch(world, "stopped", process)
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130
    assert "Traceback" not in output
    meta = json.loads((world.checkpoints / "stopped" / "run.json").read_text())
    assert meta["status"] == "interrupted"
    code, output = cli("evaluate", "stopped", "--no-maps", "--json")
    assert code == 0, output
    assert json.loads(output)["n"] > 0


def test_recipes_are_listed_with_what_they_are_for() -> None:
    code, output = cli("recipes")
    assert code == 0
    assert "compact-resnet" in output
    assert "lenet" in output
