"""Whether an exported file says what the network in PyTorch says."""

import numpy as np
import torch

from ferkit.deploy.formats import Format
from ferkit.deploy.portable import Portable
from ferkit.deploy.session import Session
from ferkit.errors import RunError
from ferkit.runs import Run

__all__ = ["OF_LARGEST", "TOLERANCE", "agreeing"]

TOLERANCE = 1e-4  # of each output, and `OF_LARGEST` of its largest value where that is more
OF_LARGEST = 1e-5  # as far as PyTorch with another batch is from itself: class maps of a resnet34 reach 40


def agreeing(run: Run, one: Format, session: Session, portable: Portable, images: np.ndarray) -> float:
    """The largest difference of a logit on faces uint8 (N, size, size[, 3]).

    Raises RunError for numbers that are not finite, and where a format that must be exact differs by more than
    `TOLERANCE`, and `OF_LARGEST` of the largest value, in any output.
    """
    with torch.inference_mode():
        expected = [part.numpy() for part in portable(torch.from_numpy(images))]
    got = session(images)
    if not all(np.isfinite(part).all() for part in got.values()):
        raise RunError(f"{run.name} as {one.name} gives numbers that are not finite. Use another format.")
    for name, wanted in zip(portable.outputs, expected, strict=True):
        worst = float(np.abs(got[name] - wanted).max(initial=0))
        limit = max(TOLERANCE, OF_LARGEST * float(np.abs(wanted).max(initial=0)))
        if one.exact and worst > limit:
            raise RunError(
                f"{run.name} as {one.name} differs from PyTorch by {worst:.2g} in {name}, more than {limit:.2g}: "
                "it is not written. Report the network's settings to the authors of ferkit."
            )
    return float(np.abs(got[portable.outputs[0]] - expected[0]).max())
