"""Where a pretrained model lies: in a folder, or at the Hugging Face hub, whose files stay in its cache after one
download."""

import contextlib
from pathlib import Path

__all__ = ["folder"]

ARCHITECTURE = ["config.json"]
WEIGHTS = [
    *ARCHITECTURE,
    "model.safetensors",
    "model.safetensors.index.json",
    "model-*.safetensors",
]  # never a pickle, never code
PATIENCE = 10.0  # seconds the hub may take to answer


def folder(name: str, *, weights: bool) -> Path:
    """The folder `name`, else the hub's model of that name with its architecture and, if asked for, its weights.

    What is in the cache is not downloaded again. Raises OSError, within `PATIENCE`, for what is neither here nor at the
    hub.
    """
    if (path := Path(name).expanduser()).is_dir():
        return path
    from huggingface_hub import HfApi, snapshot_download

    files = WEIGHTS if weights else ARCHITECTURE
    with contextlib.suppress(OSError, ValueError):
        cached = Path(snapshot_download(name, allow_patterns=files, local_files_only=True))
        if (cached / "config.json").is_file() and (not weights or any(cached.glob("*.safetensors"))):
            return cached
    try:
        HfApi().model_info(name, timeout=PATIENCE)  # a download waits for a silent network for minutes
        return Path(snapshot_download(name, allow_patterns=files))
    except Exception as error:  # the errors of its HTTP library have no base that could be named here
        raise OSError(str(error)) from error
