"""Small JSON files of a run folder: bounded in size and depth, and every defect is one sentence."""

import json
from pathlib import Path
from typing import Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import upgrade
from ferkit.runs.manifest import Manifest
from ferkit.runs.scores import ScoresBySplit
from ferkit.text import printable

__all__ = ["first_problem", "parse_manifest", "read_manifest", "read_object", "read_scores"]

LARGEST = 16 << 20  # bytes
SCORES = TypeAdapter(ScoresBySplit)
REPAIR = "Restore it or delete the folder."


def read_manifest(path: Path) -> Manifest:
    """The manifest in a run.json. Raises FileNotFoundError, or RunError where it is not a run's description."""
    what = f"{path.parent.name}/{path.name}"
    return parse_manifest(read_object(path, what), what)


def parse_manifest(stored: Any, what: str = "run.json") -> Manifest:
    """The manifest in a JSON value, of any known format. Raises RunError, which calls the value `what`."""
    if not isinstance(stored, dict):
        _refuse(what, f"expected a JSON object, got {_kind(stored)}")
    try:
        return Manifest.model_validate(upgrade.manifest(stored))
    except upgrade.NewerFormat as error:
        raise RunError(f"{what} {error}.") from error
    except ValidationError as error:
        _refuse(what, first_problem(error))


def read_scores(path: Path, classes: tuple[str, ...]) -> ScoresBySplit:
    """The scores in a scores.json, per split; none where there is no such file. Raises RunError."""
    what = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    try:
        by_split = SCORES.validate_python(upgrade.scores(read_object(path, what)))
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise RunError(f"{what} does not hold scores: {first_problem(error)}. Evaluate the run again.") from error
    for split, scores in by_split.items():
        if set(scores.per_class) != set(classes):
            raise RunError(
                f"{what} does not hold scores: {split}.per_class should have exactly the classes of the run. "
                "Evaluate the run again."
            )
    return by_split


def read_object(path: Path, what: str) -> dict[str, Any]:
    """The JSON object in a file. Raises FileNotFoundError, or RunError, which calls the file `what`."""
    if not path.exists():
        raise FileNotFoundError(path)
    content = files.read_bytes(path, LARGEST, f"a description of {path.parent.name}", RunError)
    try:
        stored = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        _refuse(what, f"it cannot be read as JSON: {_sentence(str(error))}")
    if not isinstance(stored, dict):
        _refuse(what, f"expected a JSON object, got {_kind(stored)}")
    return stored


def _refuse(what: str, reason: str) -> NoReturn:
    raise RunError(f"{what} is not a run's description ({reason}). {REPAIR}")


def first_problem(error: ValidationError) -> str:
    """The first thing that is wrong, and where."""
    first = error.errors(include_url=False)[0]
    where = ".".join(_sentence(str(part), 40) for part in first["loc"])
    reason = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return _sentence(f"{where}: {reason}" if where else reason)


def _kind(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _sentence(text: str, longest: int = 300) -> str:
    """One printable line of a text that may come from a stranger."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[:longest]}…"
