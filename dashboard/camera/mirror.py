"""The switch of mirror-image averaging."""

import streamlit as st

from dashboard import parameters
from dashboard.state import bind, value

__all__ = ["choose", "chosen"]


def choose() -> bool:
    """Draw the switch; whether it is on."""
    st.toggle(
        "Average with the mirror image", **bind(parameters.MIRROR),
        help="Each face is read twice, as it is and mirrored, and the probabilities are averaged.",
    )  # fmt: skip
    return chosen()


def chosen() -> bool:
    """Whether the switch is on."""
    return bool(value(parameters.MIRROR))
