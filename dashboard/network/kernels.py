"""The kernels of one convolution: ways to look at them, and what kind they are."""

from dataclasses import dataclass

import numpy as np

from dashboard.network.tiles import diverging, in_colour

__all__ = ["WAYS", "Shown", "describe", "look", "ways"]

MOST = 128  # tiles on a page
EDGE, BLUR = 0.25, 0.75  # of |sum of weights| / sum of |weights|
DEAD = 0.05  # of the strongest kernel's norm
WAYS = {
    "colour": "as seen, red, green and blue together",
    "slice": "strongest slice of each",
    "mean": "mean over its inputs",
    "slices": "strongest slices of all",
}


@dataclass(frozen=True, eq=False)
class Shown:
    """Kernels to show, strongest first."""

    pictures: np.ndarray  # uint8 RGB (n, kh, kw, 3)
    channels: np.ndarray  # int (n,): which output channel each belongs to
    inputs: np.ndarray  # int (n,): which input a slice reads; -1 where it is of all
    strengths: np.ndarray  # (n,): norm, as a share of the strongest of its kind
    of: int  # how many there are in all


def ways(weights: np.ndarray) -> list[str]:
    """Which `WAYS` fit kernels (n_out, n_in, kh, kw); the first is the natural one."""
    inputs = weights.shape[1]
    return ["slice"] if inputs == 1 else ["colour", "slice", "mean"] if inputs == 3 else ["slice", "mean", "slices"]


def look(weights: np.ndarray, way: str) -> Shown:
    """Kernels (n_out, n_in, kh, kw) as pictures, one of `WAYS`."""
    norms = np.sqrt((weights**2).sum((2, 3)))  # (n_out, n_in)
    out, inputs = np.arange(len(weights)), np.full(len(weights), -1)
    if way == "colour":
        return _sorted(in_colour(weights), np.sqrt((norms**2).sum(1)), out, inputs)
    if way == "mean":
        mean = weights.mean(1)
        return _sorted(diverging(mean), np.sqrt((mean**2).sum((1, 2))), out, inputs)
    if way == "slices":
        out, inputs = np.divmod(np.argsort(-norms, axis=None)[:MOST], norms.shape[1])
        return _sorted(diverging(weights[out, inputs]), norms[out, inputs], out, inputs, norms.size)
    inputs = norms.argmax(1)
    return _sorted(
        diverging(weights[out, inputs]),
        norms[out, inputs],
        out,
        inputs if norms.shape[1] > 1 else np.full(len(out), -1),
    )


def describe(weights: np.ndarray) -> str:
    """What kernels (n_out, n_in, kh, kw) look for, in one sentence: edges where the weights cancel out, brightness
    where they agree."""
    norms = np.sqrt((weights**2).sum((2, 3)))
    flat = weights.reshape(len(weights), weights.shape[1], -1)
    strongest = flat[np.arange(len(flat)), norms.argmax(1)]
    size = np.abs(strongest).sum(1)
    one_sided = np.divide(np.abs(strongest.sum(1)), size, out=np.ones(len(size)), where=size > 0)
    whole = np.sqrt((norms**2).sum(1))
    dead = int((whole < DEAD * whole.max()).sum())
    edges, blurs = int((one_sided < EDGE).sum()), int((one_sided > BLUR).sum())
    both = len(flat) - edges - blurs
    told = f"**{edges} of {len(flat)} look for edges** (their weights cancel out), {blurs} for brightness (of one sign), {both} for both"
    return told + (f"; {dead} {'is' if dead == 1 else 'are'} nearly dead." if dead else "; none is dead.")


def _sorted(pictures: np.ndarray, strengths: np.ndarray, out: np.ndarray, inputs: np.ndarray, of: int = 0) -> Shown:
    order = np.argsort(-strengths, kind="stable")[:MOST]
    share = strengths[order] / max(float(strengths.max()), 1e-12)
    return Shown(pictures[order], out[order], inputs[order], share, of or len(pictures))
