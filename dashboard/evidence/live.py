"""A face explained now: all classes of one face by one method of one run. The only part that imports torch."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dashboard import load
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["Explained", "explain", "probabilities"]


@dataclass(frozen=True, eq=False)
class Explained:
    """Maps of every class, or why there is none."""

    maps: np.ndarray  # float32 (C, h, w), above 0 for and below 0 against, in the method's own units
    problems: tuple[str, ...]  # per class: "", or why its map is not to be drawn
    reason: str = ""  # why there is no map at all

    @property
    def top(self) -> float:
        """The largest magnitude of all maps."""
        return float(np.abs(self.maps).max(initial=0))


def explain(
    run: Run,
    image: np.ndarray,
    reference: np.ndarray | None,
    method: str,
    values: Mapping[str, float],
    only: int | None = None,
) -> Explained:
    """Explain a face, uint8 (H, W[, 3]), by a method of `METHODS`; `reference` is the mean face. With a class `only`,
    other maps may be left at zero. Cached."""
    key = ("one face", run.key, method, tuple(sorted(values.items())), _digest(image), _digest(reference), only)

    def make() -> Explained:
        import torch

        from ferkit.explain.methods import METHODS

        try:
            network, chosen = load.classifier(run), METHODS[method]
            if not chosen.supports(network.quick):
                return _nothing(f"{chosen.title} does not support this network.")
            gray = None if reference is None else network.prepare(reference[None])
            x, n = network.prepare(image[None]), len(network.classes)
            if only is None or chosen.explain_all is not None:
                found = chosen.all_classes(network.quick, x, gray, **values)
                maps = network.input.frame(found.maps * found.peaks[:, None, None]).numpy()
                return Explained(maps.astype(np.float32), found.problems)
            found = chosen.maps(network.quick, x, torch.tensor([only]), gray, **values)
            one = network.input.frame(found.maps * found.peaks[:, None, None]).numpy()[0]
            maps = np.zeros((n, *one.shape), np.float32)
            maps[only] = one
            return Explained(maps, tuple(found.problems[0] if i == only else "" for i in range(n)))
        except FerkitError as error:
            return _nothing(str(error))

    explained: Explained = load.cached(key, make)
    return explained


def probabilities(run: Run, image: np.ndarray) -> np.ndarray:
    """What the run says of the face, float64 (C,), calibrated. Raises FerkitError where it cannot read it."""

    def make() -> np.ndarray:
        network = load.classifier(run)
        return network.probabilities(image[None])[0]

    found: np.ndarray = load.cached(("one face, probabilities", run.key, _digest(image)), make)
    return found


def _nothing(reason: str) -> Explained:
    return Explained(np.zeros((0, 1, 1), np.float32), (), reason)


def _digest(image: np.ndarray | None) -> tuple[object, ...]:
    return () if image is None else (image.shape, hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest())
