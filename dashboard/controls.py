"""Controls of a toolbar that are tied to view parameters: what is chosen is in the URL, as with `state.bind`.

    controls.show(
        controls.segments(parameters.NORM, "Shares", NORMS, bare=True),
        controls.switch(parameters.ORDER, "Order by confusion"),
        key="look",
    )

`value(parameters.NORM, NORMS)` reads them.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from dashboard.components.toolbar import Control, Number, Segments, Select, Stops, Switch, toolbar
from dashboard.parameters import Parameter
from dashboard.state import put, value

__all__ = ["number", "segments", "select", "show", "stops", "switch"]

Options = Mapping[Any, str] | Collection[str]  # value -> how it is written, or values that are written as they are


def show(*controls: Control, key: str) -> None:
    """Draw them in a row."""
    toolbar(controls, key=key)


def segments(parameter: Parameter[Any], label: str, options: Options, **more: Any) -> Segments:
    """One of a few, side by side."""
    return _one_of(Segments, parameter, label, options, more)


def select(parameter: Parameter[Any], label: str, options: Options, **more: Any) -> Select:
    """One of many, in a list."""
    return _one_of(Select, parameter, label, options, more)


def stops(parameter: Parameter[Any], label: str, options: Options, **more: Any) -> Stops:
    """One of many in a line, by a slider."""
    return _one_of(Stops, parameter, label, options, more)


def switch(parameter: Parameter[bool], label: str, **more: Any) -> Switch:
    """On or off."""
    return Switch(parameter.name, label, value(parameter), on_change=partial(put, parameter), **more)


def number(parameter: Parameter[float], label: str, low: float, high: float, step: float, **more: Any) -> Number:
    """A number from `low` to `high`."""
    change = partial(put, parameter)
    return Number(parameter.name, label, value(parameter), low, high, step, on_change=change, **more)


def _one_of(
    kind: Callable[..., Any], parameter: Parameter[Any], label: str, options: Options, more: Mapping[str, Any]
) -> Any:
    texts = options if isinstance(options, Mapping) else {one: str(one) for one in options}
    by_text = {str(one): one for one in texts}
    now = value(parameter, list(texts))
    first = parameter.default if parameter.default in texts else next(iter(texts), parameter.default)

    def change(sent: str) -> None:
        put(parameter, parameter.default if by_text[sent] == first else by_text[sent])

    written = {str(one): text for one, text in texts.items()}
    return kind(parameter.name, label, written, str(now), on_change=change, **more)
