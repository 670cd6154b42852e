"""The command that makes a run again, from its manifest."""

import json
import shlex
from typing import Any

from ferkit.errors import ConfigError
from ferkit.runs import Run
from ferkit.train.config import from_recipe

__all__ = ["command"]


def command(run: Run) -> str:
    """One line for a shell: `train` with every setting that differs from the recipe, or how several runs became one."""
    manifest, name = run.manifest, run.name
    if manifest.model.name == "ensemble":
        config = manifest.config
        members = [str(member) for member in config.get("members", [])]
        how = ["--mode", str(config.get("mode", "")), "--weights", str(config.get("weights", ""))]
        return _line("ensemble", *members, "--name", name, *how)
    if fitted := manifest.calibration:
        held_out, how = fitted.held_out, ["--logit-adjustment"] if fitted.tau else []
        how += ["--cost", str(fitted.cost), "--folds", str(held_out.folds), "--seed", str(held_out.seed)]
        return _line("calibrate", fitted.run, "--store", name, *how, *(["--force"] if fitted.run == name else []))
    if manifest.recipe == "average":
        shares = [word for share in manifest.config.get("weights", []) for word in ("--weight", str(share))]
        return _line("average", *map(str, manifest.config.get("members", [])), "--name", name, *shares)
    recipe = manifest.recipe or "RECIPE"
    options = ["--recipe", recipe, "--data", run.dataset, "--name", name, *_settings(recipe, manifest.config)]
    if manifest.crossval:
        return _line("crossval", "--folds", str(manifest.crossval.folds), *options)
    return _line("train", *options)


def _line(*words: str) -> str:
    return shlex.join(["python", "-m", "ferkit", *words])


def _settings(recipe: str, config: dict[str, Any]) -> list[str]:
    """--set key=value for each, of all settings where the recipe is no longer there."""
    try:
        usual = from_recipe(recipe).as_dict()
    except ConfigError:
        usual = {}
    return [word for setting in _differing(config, usual, "") for word in ("--set", setting)]


def _differing(config: dict[str, Any], usual: dict[str, Any], path: str) -> list[str]:
    changed = []
    for key, value in config.items():
        if isinstance(value, dict):
            changed += _differing(value, usual.get(key) or {}, f"{path}{key}.")
        elif key not in usual or usual[key] != value:
            changed.append(f"{path}{key}={value if isinstance(value, str) and value else json.dumps(value)}")
    return changed
