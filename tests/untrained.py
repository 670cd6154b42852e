"""A small dataset of noise and an untrained run on it."""

from dataclasses import asdict

import numpy as np
import torch

from ferkit.data.faces import Faces
from ferkit.models import Input, build, count_macs, count_parameters, save
from ferkit.runs import DataSpec, InputSpec, Manifest, ModelSpec, Run, create

CLASSES = ("angry", "happy", "sad")
SMALL = {"depth": 2, "filters": 4}


def noise(
    name: str = "noise",
    n: int = 90,
    size: int = 16,
    classes: tuple[str, ...] = CLASSES,
    colour: bool = False,
    seed: int = 0,
) -> Faces:
    """n faces, two thirds of them train and the rest val; the last of val is also in train."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (n, size, size, 3) if colour else (n, size, size), dtype=np.uint8)
    images[-1] = images[0]
    splits = np.where(np.arange(n) < n * 2 // 3, "train", "val")
    return Faces(
        name,
        images,
        rng.integers(0, len(classes), n).astype(np.int16),
        np.array([f"{name}/{i}" for i in range(n)]),
        splits,
        classes,
    )


def untrained(faces: Faces, name: str, seed: int = 0) -> Run:
    """A run folder as training leaves it, with random weights."""
    from ferkit.files import runs_dir

    torch.manual_seed(seed)
    shape = Input.measure(faces.images)
    model = build("base-cnn", len(faces.classes), shape.channels, **SMALL)
    manifest = Manifest(
        status="finished",
        model=ModelSpec(name="base-cnn", args=SMALL),
        classes=faces.classes,
        input=InputSpec(**asdict(shape)),
        parameters=count_parameters(model),
        macs=count_macs(model, shape.channels, shape.size),
        data=DataSpec(name=faces.name, fingerprint=faces.fingerprint),
    )
    path = runs_dir() / name
    save(model, path / "model.safetensors")
    return create(path, manifest)
