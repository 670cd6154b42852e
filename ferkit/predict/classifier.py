"""A run's network, ready for stored pixels: logits, probabilities, features and heat maps.

    classifier = Classifier.open(open_run("compact-resnet"))
    classifier.probabilities(faces.images[:10])  # (10, C)

A heat map costs the backward pass of the head alone, so `analyse` takes hardly longer than `logits`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ferkit import metrics
from ferkit.explain.class_maps import class_maps
from ferkit.explain.gradcam import forward, gradcam
from ferkit.models import Input, Network, load
from ferkit.models.input import pixels
from ferkit.models.reparameterized import deployed
from ferkit.predict.folded import folded
from ferkit.predict.parallel import over_batches
from ferkit.runs import Run

__all__ = ["Analysis", "Classifier"]

BATCH = 32  # faces; more would leave the cache and take up to three times as long
LARGEST = float(np.finfo(np.float16).max)
Progress = Callable[[int, int], None]  # faces done, faces in all


@dataclass(frozen=True, eq=False)
class Analysis:
    """What one forward pass over N faces gives."""

    logits: np.ndarray  # float32 (N, C)
    features: np.ndarray  # float16 (N, D), penultimate
    maps: np.ndarray  # float16 (N, h, w) in [0, 1], Grad-CAM of the predicted class
    true_maps: np.ndarray | None  # the same of the true class, if labels were given


@dataclass(frozen=True, eq=False)
class Classifier:
    """A run's network in float32 on the CPU, so that the same run gives the same numbers everywhere.

    Threads may share one: passes without a named layer use no hooks; code that adds hooks to `model` must hold `lock`.
    """

    model: Network  # in eval mode, frozen, channels last: with all the layers of its deployed form, to look at them
    input: Input
    classes: tuple[str, ...]
    temperature: metrics.Temperature = metrics.UNCALIBRATED  # divides the logits before they become probabilities
    lock: threading.Lock = field(default_factory=threading.Lock)
    quick: Network = field(init=False)  # the same with its norms folded, for everything but a look at single layers

    def __post_init__(self) -> None:
        object.__setattr__(self, "quick", folded(self.model).to(memory_format=torch.channels_last))

    def __reduce__(self) -> tuple[object, ...]:
        """Another process gets a lock of its own, and folds the norms again."""
        return type(self), (self.model, self.input, self.classes, self.temperature)

    @classmethod
    def open(cls, run: Run) -> "Classifier":
        """The run's network. Raises RunError if its weights are missing or do not fit."""
        model = deployed(load(run)).requires_grad_(False).to(memory_format=torch.channels_last)
        return cls(model, Input.of(run.manifest.input), run.classes, run.temperature)

    def prepare(self, images: np.ndarray) -> Tensor:
        """uint8 (N, H, W) gray or (N, H, W, 3) RGB -> the network's input, float32 (N, channels, side, side).

        Colour becomes gray for a gray network, gray becomes three equal channels for a colour one.
        """
        images = np.repeat(images[..., None], 3, axis=3) if images.ndim == 3 and self.input.channels == 3 else images
        x = pixels(images) if self.model.prepares else self.input.prepare(images)
        return x.contiguous(memory_format=torch.channels_last)

    def logits(self, images: np.ndarray, batch: int = BATCH, progress: Progress | None = None) -> np.ndarray:
        """uint8 (N, H, W[, 3]) -> float32 (N, C)."""

        @torch.inference_mode()
        def work(rows: slice) -> np.ndarray:
            return self.quick(self.prepare(images[rows])).numpy()

        return np.concatenate(
            [np.empty((0, len(self.classes)), np.float32), *over_batches(work, len(images), batch, progress)]
        )

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """uint8 (N, H, W[, 3]) -> softmax(logits / temperature), float64 (N, C)."""
        return metrics.softmax(self.logits(images), self.temperature)

    def analyse(
        self, images: np.ndarray, labels: np.ndarray | None = None, batch: int = BATCH, progress: Progress | None = None
    ) -> Analysis:
        """Logits, features and heat maps of at least one face in one forward pass; `labels` (N,) are indices into the
        run's classes."""

        def work(rows: slice) -> tuple[np.ndarray, ...]:
            return self._analyse(images[rows], None if labels is None else labels[rows])

        parts = over_batches(work, len(images), batch, progress)
        logits, features, maps, true_maps = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Analysis(logits, features, maps, None if labels is None else true_maps)

    def explain(self, images: np.ndarray, target: np.ndarray | None = None, layer: str | None = None) -> np.ndarray:
        """Grad-CAM float32 (N, h, w) in [0, 1] of the classes `target` (N,), the predicted ones when None, at any
        layer."""
        classes = self.logits(images).argmax(1) if target is None else np.asarray(target, np.int64)
        x, targets = self.prepare(images), torch.from_numpy(classes)
        if layer is None:
            return self.input.frame(gradcam(self.quick, x, targets)).numpy()
        with self.lock:
            return self.input.frame(gradcam(self.model, x, targets, layer)).numpy()

    def evidence(self, images: np.ndarray, batch: int = BATCH, progress: Progress | None = None) -> np.ndarray:
        """Evidence for (above 0) and against every class, float32 (N, C, h, w), of at least one face, as in
        `class_maps`."""

        def work(rows: slice) -> np.ndarray:
            evidence = class_maps(self.quick, self.prepare(images[rows])).evidence
            framed = self.input.frame(evidence.flatten(0, 1))
            return framed.unflatten(0, evidence.shape[:2]).numpy()

        return np.concatenate(list(over_batches(work, len(images), batch, progress)))

    def _analyse(self, images: np.ndarray, labels: np.ndarray | None) -> tuple[np.ndarray, ...]:
        passed = forward(self.quick, self.prepare(images))
        predicted = passed.logits.argmax(1)
        maps = true_maps = passed.heat(predicted)
        if labels is not None:
            true = torch.from_numpy(labels.astype(np.int64))
            wrong = (true != predicted).nonzero()[:, 0]  # the others have the same map
            true_maps = maps.index_copy(0, wrong, passed.heat(true, wrong))
        features = passed.features.detach().clamp(-LARGEST, LARGEST)
        parts = (features, self.input.frame(maps), self.input.frame(true_maps))
        return (passed.logits.detach().numpy(), *(part.half().numpy() for part in parts))
