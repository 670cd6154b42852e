"""The kernels of one convolution: ways to view them, and what they respond to."""

from dataclasses import dataclass

import numpy as np

from dashboard.network.tiles import diverging, in_colour

__all__ = ["VIEWS", "Kernels", "describe", "duplicates", "select", "views"]

MOST = 128  # tiles on a page
EDGE, BLUR = 0.25, 0.75  # of |sum of weights| / sum of |weights|
DEAD = 0.05  # of the strongest kernel's norm
ALIKE = 0.95  # cosine of two kernels from which on they are near-duplicates
VIEWS = {
    "colour": "RGB",
    "slice": "strongest input channel of each kernel",
    "mean": "mean over the input channels",
    "slices": "strongest slices of all kernels",
}


@dataclass(frozen=True, eq=False)
class Kernels:
    """Kernels to show, sorted by strength."""

    images: np.ndarray  # uint8 RGB (n, kh, kw, 3)
    channels: np.ndarray  # int (n,): output channel
    inputs: np.ndarray  # int (n,): input channel of a slice; -1 where all of them are shown
    strengths: np.ndarray  # (n,): norm, as a share of the strongest
    total: int  # how many there are, shown or not


def views(weights: np.ndarray) -> list[str]:
    """Which `VIEWS` fit kernels (n_out, n_in, kh, kw); the first is the default."""
    inputs = weights.shape[1]
    return ["slice"] if inputs == 1 else ["colour", "slice", "mean"] if inputs == 3 else ["slice", "mean", "slices"]


def select(weights: np.ndarray, view: str, activity: np.ndarray | None = None) -> Kernels:
    """Kernels (n_out, n_in, kh, kw) as images, seen one of the `VIEWS`; sorted by the norm of what is shown, or by the
    `activity` (n_out,) of each kernel's channel."""
    found = _seen(weights, view)
    if activity is None:
        return found
    strengths = activity[found.channels]
    order = np.argsort(-strengths, kind="stable")
    share = strengths[order] / max(float(activity.max()), 1e-12)
    return Kernels(found.images[order], found.channels[order], found.inputs[order], share, found.total)


def _seen(weights: np.ndarray, view: str) -> Kernels:
    norms = np.sqrt((weights**2).sum((2, 3)))  # (n_out, n_in)
    channels, every = np.arange(len(weights)), np.full(len(weights), -1)
    if view == "colour":
        return _sorted(in_colour(weights), np.sqrt((norms**2).sum(1)), channels, every)
    if view == "mean":
        mean = weights.mean(1)
        return _sorted(diverging(mean), np.sqrt((mean**2).sum((1, 2))), channels, every)
    if view == "slices":
        channels, inputs = np.divmod(np.argsort(-norms, axis=None)[:MOST], norms.shape[1])
        return _sorted(diverging(weights[channels, inputs]), norms[channels, inputs], channels, inputs, norms.size)
    inputs = norms.argmax(1)
    slices = diverging(weights[channels, inputs])
    return _sorted(slices, norms[channels, inputs], channels, inputs if norms.shape[1] > 1 else every)


def describe(weights: np.ndarray) -> str:
    """What kernels (n_out, n_in, kh, kw) respond to, in one sentence: edges where the weights of the strongest slice
    cancel out, brightness where they share a sign."""
    norms = np.sqrt((weights**2).sum((2, 3)))
    flat = weights.reshape(len(weights), weights.shape[1], -1)
    strongest = flat[np.arange(len(flat)), norms.argmax(1)]
    size = np.abs(strongest).sum(1)
    bias = np.divide(np.abs(strongest.sum(1)), size, out=np.ones(len(size)), where=size > 0)
    total = np.sqrt((norms**2).sum(1))
    dead = int((total < DEAD * total.max()).sum())
    edges, blurs = int((bias < EDGE).sum()), int((bias > BLUR).sum())
    both, twins = len(flat) - edges - blurs, duplicates(weights)
    return (
        f"**{edges} of {len(flat)} kernels detect edges** (their weights cancel out), {blurs} brightness (weights of "
        f"one sign), {both} both; {dead or 'none'} {'is' if dead <= 1 else 'are'} nearly dead (norm below "
        f"{DEAD:.0%} of the largest), {twins or 'none'} {'have' if twins > 1 else 'has'} a near-duplicate "
        f"(cosine above {ALIKE})."
    )


def duplicates(weights: np.ndarray) -> int:
    """How many kernels (n_out, n_in, kh, kw) that are not dead point where another one of the layer does: their cosine
    is above `ALIKE`."""
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    length = np.linalg.norm(flat, axis=1)
    flat = flat[length > DEAD * length.max(initial=0)]
    unit = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    return int(((unit @ unit.T > ALIKE).sum(1) > 1).sum())


def _sorted(
    images: np.ndarray, strengths: np.ndarray, channels: np.ndarray, inputs: np.ndarray, total: int = 0
) -> Kernels:
    order = np.argsort(-strengths, kind="stable")[:MOST]
    share = strengths[order] / max(float(strengths.max()), 1e-12)
    return Kernels(images[order], channels[order], inputs[order], share, total or len(images))
