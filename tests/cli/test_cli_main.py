"""The main command: quick help, the version, and one sentence for every mistake."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

import ferkit
from ferkit.cli import app
from ferkit.cli.errors import report_errors
from ferkit.cli.lazy import COMMANDS, load
from ferkit.errors import FerkitError
from tests.worlds import ROOT

HEAVY = ("torch", "pandas", "numpy", "sklearn", "matplotlib", "plotly", "h5py", "cv2", "streamlit")


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from ferkit.cli import app\n"
        "try: app(['--help'], prog_name='ferkit')\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        f"print('heavy:', [name for name in {HEAVY} if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "heavy: []"
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_summaries_are_those_of_the_commands(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert " ".join(command.help.split()).startswith(COMMANDS[name][1].rstrip("."))


def test_the_version_is_printed() -> None:
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"ferkit {ferkit.__version__}\n")


def test_an_unknown_command_names_the_nearest() -> None:
    done = CliRunner().invoke(app, ["evalute"])
    assert done.exit_code == 2 and "'evaluate'" in done.output


@pytest.mark.parametrize(
    ("raised", "code", "printed"),
    [
        (FerkitError("One\nsentence."), 2, "Error: One sentence.\n"),
        (FerkitError("No run '\x1b[31mred\x07\x9b2J'."), 2, "Error: No run '\\x1b[31mred\\x07\\x9b2J'.\n"),
        (FerkitError("caf\udce9.jpg is no photo."), 2, "Error: caf\\udce9.jpg is no photo.\n"),
        (PermissionError(13, "Permission denied", "x.h5"), 2, "Error: Permission denied: x.h5\n"),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
    ],
)
def test_a_mistake_gives_one_message(raised: BaseException, code: int, printed: str) -> None:
    failing = typer.Typer()

    @failing.command()
    @report_errors
    def fail(number: int = 1) -> None:
        raise raised

    done = CliRunner().invoke(failing, ["--number", "2"])
    assert (done.exit_code, done.stderr, done.stdout) == (code, printed, "")


def test_other_exceptions_are_not_hidden() -> None:
    @report_errors
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
