"""run.json as it stands when training starts."""

import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import torch
from accelerate import Accelerator

import ferkit
from ferkit.data.faces import Faces
from ferkit.models import Input, Network, count_macs, count_parameters
from ferkit.runs import DataSpec, InputSpec, Manifest, ModelSpec
from ferkit.train.config import TrainConfig

__all__ = ["dataset", "describe"]


def describe(config: TrainConfig, faces: Faces, shape: Input, model: Network, accelerator: Accelerator) -> Manifest:
    """Model, classes, input, config, data, seed, versions, commit, device, parameters and multiply-adds."""
    return Manifest(
        status="training",
        model=ModelSpec(name=config.model, args=config.model_args | model.looked_up),
        classes=faces.classes,
        input=InputSpec(**asdict(shape)),
        parameters=count_parameters(model),
        macs=count_macs(model, shape.channels, shape.side),
        config=config.as_dict(),
        selection=f"best val macro-F1 over epochs, patience {config.patience}"
        if config.patience
        else "last epoch, fixed schedule",
        data=dataset(faces),
        seed=config.seed,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(),
        versions={"ferkit": ferkit.__version__} | {name: version(name) for name in ("torch", "numpy", "h5py")},
        device=_device(accelerator),
    )


def dataset(faces: Faces) -> DataSpec:
    """What a manifest says of the faces a run is trained on."""
    return DataSpec(
        name=faces.name, fingerprint=faces.fingerprint, counts=faces.counts(), duplicates=faces.duplicates()
    )


def _device(accelerator: Accelerator) -> str:
    name = (
        torch.cuda.get_device_name() if accelerator.device.type == "cuda" else f"{torch.get_num_threads()} CPU threads"
    )
    return name if accelerator.num_processes == 1 else f"{accelerator.num_processes} × {name}"


def _commit() -> str:
    """The commit of the checkout that ferkit is imported from; "" where it is installed or git cannot be asked."""
    checkout = Path(ferkit.__file__).resolve().parents[1]
    if not (checkout / ".git").exists():
        return ""
    command = ["git", "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
