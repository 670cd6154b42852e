"""The commands that make a run again, from what its run.json tells."""

import json
import shlex
from typing import Any

from ferkit.errors import ConfigError
from ferkit.runs import Run
from ferkit.train.config import from_recipe

__all__ = ["command"]


def command(run: Run) -> str:
    """One line for a shell: `train` with every setting that differs from the recipe, or `crossval` or `ensemble`."""
    manifest, name = run.manifest, run.name
    if manifest.model.name == "ensemble":
        config = manifest.config
        members = [str(member) for member in config.get("members", [])]
        how = ["--mode", str(config.get("mode", "")), "--weights", str(config.get("weights", ""))]
        return _line("ensemble", *members, "--name", name, *how)
    recipe = manifest.recipe or "RECIPE"
    wanted = ["--recipe", recipe, "--data", run.dataset, "--name", name, *_settings(recipe, manifest.config)]
    if manifest.crossval:
        return _line("crossval", "--folds", str(manifest.crossval.folds), *wanted)
    return _line("train", *wanted)


def _line(*words: str) -> str:
    return shlex.join(["python", "-m", "ferkit", *words])


def _settings(recipe: str, config: dict[str, Any]) -> list[str]:
    """--set key=value for each, of all settings where the recipe is no longer there."""
    try:
        usual = from_recipe(recipe).as_dict()
    except ConfigError:
        usual = {}
    return [word for setting in _differing(config, usual, "") for word in ("--set", setting)]


def _differing(own: dict[str, Any], usual: dict[str, Any], path: str) -> list[str]:
    found = []
    for key, value in own.items():
        if isinstance(value, dict):
            found += _differing(value, usual.get(key) or {}, f"{path}{key}.")
        elif key not in usual or usual[key] != value:
            found.append(f"{path}{key}={value if isinstance(value, str) and value else json.dumps(value)}")
    return found
