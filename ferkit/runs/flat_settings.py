"""The settings of a run as one flat row, to be compared with those of others."""

from collections.abc import Iterator, Mapping
from typing import Any

from ferkit.runs.folder import Run

__all__ = ["settings"]


def settings(run: Run) -> dict[str, Any]:
    """The settings of a run as one flat row: model arguments and config, nested keys joined by dots."""
    model, config = run.manifest.model, run.manifest.config
    rest = {key: value for key, value in config.items() if key not in ("model", "model_args")}
    return {"model": model.name, **dict(_flat("model", model.args)), **dict(_flat("", rest))}


def _flat(prefix: str, mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flat(name, value)
        else:
            yield name, value
