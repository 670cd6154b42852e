"""The architecture behind a name of transformers: of a type, a folder, a model of the hub, or as run.json kept it."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ferkit.errors import ConfigError
from ferkit.models import hub
from ferkit.models.pretrained import absent

__all__ = ["library", "read", "refused", "settled", "typed", "written"]

FIXED = {"mask_ratio": 0.0, "vision_use_head": False}  # whole faces are seen, and our head reads them
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


def settled(name: str, told: Mapping[str, Any], channels: int) -> Any:
    """The whole configuration of `name`'s image network for faces of `channels`.

    `told` replaces single values; with a `model_type` among them it is whole itself, and nothing is looked up. Raises
    ConfigError for a name that is not known here or at the hub, a value that does not fit, or channels that cannot be
    read.
    """
    auto = library().AutoConfig
    try:
        config = auto.for_model(**({} if "model_type" in told else _looked_up(name, told)) | dict(told))
    except ConfigError:
        raise
    except Exception as error:  # the package's errors have no base of their own
        raise refused(name, told, error) from error
    if not hasattr(config, "num_channels") and channels != 3:
        raise ConfigError(f"hf:{name} reads faces of 3 channels alone; these have {channels}. Choose another network.")
    for key, value in {**FIXED, "num_channels": channels}.items():
        if hasattr(config, key):
            setattr(config, key, value)
    return config


def _looked_up(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    if typed(name):
        known = _image_part(library().AutoConfig.for_model(name))
        found = {"model_type": known.model_type}
    else:
        try:
            path = hub.folder(name, weights=False)
        except OSError as error:
            instead = "name a folder that save_pretrained wrote, or a type to train from scratch: --set model=hf:vit"
            raise absent(f"The architecture of {name} is", error, instead) from error
        known = read(path)
        found = written(known)
    if strange := set(told) - set(known.to_dict()) - set(known.attribute_map):
        raise ConfigError(
            f"hf:{name} has no {', '.join(sorted(strange))} in its config; it has {', '.join(sorted(set(written(known)) - KIND))}."
        )
    return found


def read(path: Path) -> Any:
    """The configuration in a folder, of the image's part where there is text, too. Raises ConfigError for a folder
    without one."""
    if not (path / "config.json").is_file():
        raise ConfigError(f"{path} holds no config.json. Name a folder that save_pretrained wrote.")
    found = library().AutoConfig.from_pretrained(path, local_files_only=True, trust_remote_code=False)
    return _image_part(found)


def _image_part(config: Any) -> Any:
    return getattr(config, "vision_config", config)


def written(config: Any) -> dict[str, Any]:
    """What makes the architecture, for run.json: `settled` makes an equal configuration of it anywhere."""
    left_out = set(library().PreTrainedConfig().to_dict()) - KIND | STAGES
    return {key: value for key, value in config.to_dict().items() if key not in left_out}


def refused(name: str, told: Mapping[str, Any], error: Exception) -> ConfigError:
    """The error for what transformers does not take."""
    return ConfigError(f"transformers cannot build {name!r} with {dict(told)}: {' '.join(str(error).split())[:160]}")
