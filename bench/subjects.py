"""What is measured: faces, a network and a picture, from the checkout where they lie there, else drawn and
untrained."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import torch

from ferkit import runs
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.data.synthetic import draw
from ferkit.errors import ConfigError, FerkitError
from ferkit.models import Input, Network, build, count_parameters, save
from ferkit.predict.classifier import Classifier
from ferkit.runs import ModelSpec, Run
from ferkit.train.accelerator import make_accelerator
from ferkit.train.config import TrainConfig, from_recipe
from ferkit.train.describe import describe

__all__ = [
    "RECIPE",
    "Subject",
    "as_run",
    "faces",
    "jpeg",
    "photo_classifier",
    "portrait",
    "recipe",
    "subject",
    "val_faces",
]

RECIPE = "compact-resnet"
PHOTO_RUN = "compact-wild"
DATASET = "fer2013"
DRAWN = 700  # different faces; more are repetitions, which cost as much
NAME = "bench faces"


@dataclass(frozen=True, eq=False)
class Subject:
    """A network to run, and where it comes from."""

    classifier: Classifier
    built: ModelSpec
    note: str  # one sentence for the notes

    @property
    def model(self) -> Network:
        return self.classifier.model


def recipe() -> TrainConfig:
    return from_recipe(RECIPE)


def faces(n: int, split: str = "train") -> tuple[Faces, str]:
    """n faces of 48x48, all of one split, and one sentence about them: FER2013's where it was imported, else drawn
    ones."""
    base, note = _base()
    place = np.arange(n) % len(base)
    if n > len(base):
        note += f"; the {n:,} are {len(base):,} different ones, repeated"
    repeated = Faces(
        name=NAME,
        images=base.images[place],
        labels=base.labels[place],
        ids=np.array([f"bench/{i:06d}" for i in range(n)]),
        splits=np.repeat(split, n),
        classes=base.classes,
        groups=np.arange(n, dtype=np.int32),
        leaked=np.zeros(n, bool),
    )
    return repeated, note


@cache
def _base() -> tuple[Faces, str]:
    if DATASET in store.names():
        base, note = store.load(DATASET), f"faces of {DATASET}"
    else:
        base, note = draw(DRAWN, name=NAME), f"drawn faces, because no {DATASET} was imported here"
    first = np.unique(base.labels, return_index=True)[1]  # one of each class in front, so that a few have all of them
    return base.select(np.r_[first, np.setdiff1d(np.arange(len(base)), first)]), note


def val_faces(n: int) -> tuple[Faces, str]:
    """n val faces of FER2013 where it was imported, the same at each call, else drawn ones; and words for them."""
    if DATASET not in store.names():
        return faces(n, "val")
    base = store.load(DATASET)
    part = base.select(np.random.default_rng(0).permutation(np.flatnonzero(base.splits == "val"))[:n])
    return part, f"{len(part):,} val faces of {DATASET}, drawn at random"


def photo_classifier() -> tuple[Classifier, str]:
    """The network that pages offer for photos, else an untrained one, and words for it."""
    try:
        return Classifier.open(runs.open_run(PHOTO_RUN)), f"run {PHOTO_RUN}"
    except FerkitError:
        return subject().classifier, "an untrained network"


def subject() -> Subject:
    """The shipped run of `RECIPE` if it can be opened, else an untrained network of its shape, which is as fast."""
    try:
        run = runs.open_run(RECIPE)
        classifier, built = Classifier.open(run), run.manifest.model
        note = f"the network is the run {RECIPE}"
    except FerkitError:
        classifier, built = _untrained(), ModelSpec(name=recipe().model, args=recipe().model_args)
        note = f"the network is an untrained {RECIPE}, because no run of it is here"
    size = f"{count_parameters(classifier.model):,} parameters"
    return Subject(classifier, built, f"{note}: {size}, {torch.get_num_threads()} threads")


def as_run(subject: Subject, faces: Faces, folder: Path) -> Run:
    """A run folder of that network as if it had been trained on `faces`, so that nothing is written into a shipped
    run."""
    folder.mkdir(parents=True)
    described = describe(recipe(), faces, subject.classifier.input, subject.model, make_accelerator(recipe()))
    manifest = described.replace(
        recipe=RECIPE, model=subject.built, classes=subject.classifier.classes, status="finished"
    )
    run = runs.create(folder, manifest)
    save(subject.model, run.weights)
    return run


def _untrained() -> Classifier:
    base, _ = _base()
    config = recipe()
    shape = Input.measure(base.images, config.augment.crop)
    torch.manual_seed(0)
    model = build(config.model, len(base.classes), shape.channels, **config.model_args).eval().requires_grad_(False)
    return Classifier(model.to(memory_format=torch.channels_last), shape, base.classes)


def portrait(width: int, height: int) -> np.ndarray:
    """A photo with one face, the astronaut of scikit-image, uint8 RGB (height, width, 3). Raises ConfigError without
    scikit-image."""
    try:
        from skimage import data
    except ImportError as error:
        raise ConfigError(
            "The photo comes from scikit-image, which is missing. Install it: pip install scikit-image"
        ) from error
    return cv2.resize(data.astronaut(), (width, height), interpolation=cv2.INTER_LINEAR)


def jpeg(rgb: np.ndarray, quality: int = 90) -> bytes:
    """uint8 RGB (H, W, 3) or gray (H, W) as the bytes of a JPEG file."""
    stored = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR) if rgb.ndim == 3 else rgb
    return cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
