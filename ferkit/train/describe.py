"""run.json as it stands when training starts."""

import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import torch
from accelerate import Accelerator

import ferkit
from ferkit.data.faces import Faces
from ferkit.files import ROOT
from ferkit.models import Input, Network, count_macs, count_parameters
from ferkit.train.config import TrainConfig

__all__ = ["describe"]


def describe(config: TrainConfig, faces: Faces, shape: Input, model: Network, engine: Accelerator) -> dict[str, Any]:
    """Model, classes, input, config, data, seed, versions, commit, device, parameters and multiply-adds."""
    return {
        "format": 1,
        "status": "training",
        "model": {"name": config.model, "args": config.model_args | model.looked_up},
        "classes": list(faces.classes),
        "input": asdict(shape),
        "parameters": count_parameters(model),
        "macs": count_macs(model, shape.channels, shape.side),
        "config": config.as_dict(),
        "selection": f"best val macro-F1 over epochs, patience {config.patience}"
        if config.patience
        else "last epoch, fixed schedule",
        "data": {
            "name": faces.name,
            "fingerprint": faces.fingerprint,
            "counts": faces.counts(),
            "duplicates": faces.duplicates(),
        },
        "seed": config.seed,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "versions": {"ferkit": ferkit.__version__} | {name: version(name) for name in ("torch", "numpy", "h5py")},
        "device": _device(engine),
        "epochs_done": 0,
        "seconds": 0.0,
        "scores": {},
    }


def _device(engine: Accelerator) -> str:
    one = torch.cuda.get_device_name() if engine.device.type == "cuda" else f"{torch.get_num_threads()} CPU threads"
    return one if engine.num_processes == 1 else f"{engine.num_processes} × {one}"


def _commit() -> str:
    """The checkout's commit, or "" where there is none to ask."""
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, timeout=5, check=False
        )
    except OSError:
        return ""
    return asked.stdout.strip()
