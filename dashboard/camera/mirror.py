"""The switch of mirror-image averaging."""

from dashboard import controls, parameters
from dashboard.components.toolbar import Switch
from dashboard.state import value

__all__ = ["choose", "chosen", "switch"]


def choose() -> bool:
    """Draw the switch; whether it is on."""
    controls.show(switch(), key="mirror")
    return chosen()


def switch() -> Switch:
    """It, for a toolbar."""
    return controls.switch(
        parameters.MIRROR,
        "Average with the mirror image",
        help="Each face is read twice, as it is and mirrored, and the probabilities are averaged.",
    )


def chosen() -> bool:
    """Whether the switch is on."""
    return bool(value(parameters.MIRROR))
