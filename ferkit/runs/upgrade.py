"""Brings what an older ferkit has written up to date: pure functions of plain JSON values.

Settings of a training that have another name since then are read by their present one.
Format 1 held the calibrated `ece` and `nll` in a separate block, next to the uncalibrated ones.
"""

from typing import Any

from ferkit.runs.manifest import FORMAT

__all__ = ["RENAMED_SETTINGS", "NewerFormat", "manifest", "renamed", "scores"]

RENAMED_SETTINGS = {  # name until then -> present name
    "clean": "drop_duplicates",
    "frozen": "freeze_epochs",
    "opinions": "teacher_views",
    "teach": "distillation_weight",
    "temperature": "distillation_temperature",
    "thaw": "unfreeze_every",
}


class NewerFormat(ValueError):
    """Written by a newer version of ferkit."""


def manifest(stored: dict[str, Any]) -> dict[str, Any]:
    """The content of a run.json of any known format in the present one. Raises NewerFormat."""
    version = stored.get("format", 1)
    if type(version) is int and version > FORMAT:
        raise NewerFormat(f"has format {version}, written by a newer ferkit: update it")
    if isinstance(config := stored.get("config"), dict):
        stored = stored | {"config": renamed(config)}
    if version != 1 or type(version) is not int:
        return stored
    by_split = stored.get("scores", {})
    return stored | {"format": FORMAT, "scores": scores(by_split) if isinstance(by_split, dict) else by_split}


def renamed(config: dict[str, Any]) -> dict[str, Any]:
    """The settings of a training by their present names; a present name that is there already is kept."""
    present = {RENAMED_SETTINGS.get(key, key): value for key, value in config.items()}
    return present | {key: value for key, value in config.items() if key not in RENAMED_SETTINGS}


def scores(by_split: dict[str, Any]) -> dict[str, Any]:
    """The scores of each split in the present format; those that are already in it stay as they are."""
    return {split: _scores(block) if isinstance(block, dict) else block for split, block in by_split.items()}


def _scores(block: dict[str, Any]) -> dict[str, Any]:
    if "ece_uncalibrated" in block or not {"ece", "nll"} <= block.keys():
        return block
    plain = {key: block[key] for key in ("ece", "nll")}
    calibrated = block.get("calibrated", plain | {"temperature": 1.0})
    if not isinstance(calibrated, dict):
        return block
    rest = {key: value for key, value in block.items() if key not in ("ece", "nll", "calibrated")}
    return rest | calibrated | {f"{key}_uncalibrated": value for key, value in plain.items()}
