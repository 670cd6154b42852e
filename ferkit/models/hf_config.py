"""The architecture behind a name of transformers: of a type, a folder, a model of the hub, or as run.json kept it."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ferkit.errors import ConfigError, shown
from ferkit.models import hub
from ferkit.models.hf_allowed import TYPES, check_values
from ferkit.models.pretrained import absent

__all__ = ["library", "read", "refused", "settled", "typed", "written"]

FIXED = {"mask_ratio": 0.0, "vision_use_head": False}  # whole faces are seen, and the head is added here
KIND = {
    "model_type",
    "transformers_version",
}  # of what every configuration has; the rest of that is labels, paths and switches
STAGES = {"stage_names", "out_features", "out_indices"}  # follow from the others


def library() -> Any:
    """The package, silenced. Raises ConfigError where it is not installed."""
    try:
        package = importlib.import_module("transformers")
    except ImportError as error:
        raise ConfigError(
            "hf's networks need transformers, which is not installed: pip install transformers"
        ) from error
    package.logging.set_verbosity_error()
    package.logging.disable_progress_bar()
    return package


def typed(name: str) -> bool:
    """Whether it is an architecture of transformers, which has no weights; a folder of that name is written ./NAME."""
    return name in library().CONFIG_MAPPING


def settled(name: str, changes: Mapping[str, Any], channels: int) -> Any:
    """The complete configuration of `name`'s image network for faces of `channels`.

    `changes` replaces single values; with a `model_type` among them it is complete itself, and nothing is looked up.
    Raises ConfigError for a name that is not known here or at the hub, a type or value that is not built here, or
    channels that cannot be read.
    """
    values = ({} if "model_type" in changes else _looked_up(name)) | dict(changes)
    values.pop("transformers_version", None)  # kept for the reader alone
    check_values(name, values["model_type"], _keys(values["model_type"]), values)
    try:
        config = library().AutoConfig.for_model(**values)
    except Exception as error:  # the package's errors have no common base class
        raise refused(name, changes, error) from error
    if not hasattr(config, "num_channels") and channels != 3:
        raise ConfigError(f"hf:{name} reads faces of 3 channels alone; these have {channels}. Choose another network.")
    for key, value in {**FIXED, "num_channels": channels}.items():
        if hasattr(config, key):
            setattr(config, key, value)
    return config


def _keys(kind: Any) -> frozenset[str]:
    """The keys of that type's own configuration, less what every configuration has."""
    if kind not in TYPES or not typed(kind):
        return frozenset()
    config = library().AutoConfig.for_model(kind)
    return frozenset(written(config)) - {"transformers_version"} | frozenset(config.attribute_map)


def _looked_up(name: str) -> dict[str, Any]:
    if typed(name):
        return {"model_type": _image_part(library().AutoConfig.for_model(name)).model_type}
    try:
        path = hub.folder(name, weights=False)
    except OSError as error:
        instead = "name a folder that save_pretrained wrote, or a type to train from scratch: --set model=hf:vit"
        raise absent(f"The architecture of {name} is", error, instead) from error
    return written(read(path))


def read(path: Path) -> Any:
    """The configuration in a folder, of the image's part where there is text, too. Raises ConfigError for a folder
    without one, or of a type that is not built here."""
    if not (path / "config.json").is_file():
        raise ConfigError(f"{path} holds no config.json. Name a folder that save_pretrained wrote.")
    try:
        config = _image_part(library().AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=False))
    except Exception as error:  # the package's errors have no common base class
        raise ConfigError(f"{path}/config.json cannot be read: {' '.join(str(error).split())[:160]}") from error
    values = {key: value for key, value in written(config).items() if key != "transformers_version"}
    check_values(str(path), config.model_type, _keys(config.model_type), values)
    return config


def _image_part(config: Any) -> Any:
    return getattr(config, "vision_config", config)


def written(config: Any) -> dict[str, Any]:
    """What makes the architecture, for run.json: `settled` makes an equal configuration of it anywhere."""
    left_out = set(library().PreTrainedConfig().to_dict()) - KIND | STAGES
    return {key: value for key, value in config.to_dict().items() if key not in left_out}


def refused(name: str, changes: Mapping[str, Any], error: Exception) -> ConfigError:
    """The error for what transformers does not take."""
    return ConfigError(
        f"transformers cannot build {name!r} with {shown(dict(changes))}: {' '.join(str(error).split())[:160]}"
    )
