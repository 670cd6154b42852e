"""What is known of single faces besides a prediction: properties (numbers) and tags (yes or no), by which faces are
narrowed down."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.near import shares

if TYPE_CHECKING:
    from dashboard.view import View

__all__ = ["properties", "tags"]


def properties(view: "View") -> pd.DataFrame:
    """A column of numbers per property, a row per face of the View; nan where it is not known."""
    frame = view.frame
    near = {name: pd.Series(share, frame.index) for name, share in shares(view).items()}
    return pd.DataFrame({"loss": frame["loss"], "margin": frame["margin"], **near}, index=frame.index)


def tags(view: "View") -> dict[str, np.ndarray]:
    """bool (N,) per tag: the faces of the View that have it."""
    frame = view.frame
    right, sure = frame["right"].to_numpy(), frame["confidence"].to_numpy()
    return {
        "confident and wrong": ~right & (sure >= 0.9),
        "second guess right": ~right & (frame["second"] == frame["label"]).to_numpy(),
        "unsure": sure < 0.5,
        "exact copy in train": frame["leaked"].to_numpy(),
    }
