"""A row of controls as one component: Streamlit's own load a script for each kind, and cost a page up to 0.08 s each.

toolbar(
    [
        Segments("norm", "Shares", {"row": "by row", "count": "in faces"}, "row", on_change=partial(put, NORM)),
        Switch("order", "Order by confusion", False, on_change=partial(put, ORDER)),
    ],
    key="look",
)

All of them are the browser's own form elements: they are reached and changed by keyboard, and read out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Action", "Control", "Field", "Number", "Segments", "Select", "Several", "Span", "Stops", "Switch", "Words"]
__all__ += ["toolbar"]

LONGEST = 200  # characters of a text

_component = st.components.v2.component(
    "ferkit_toolbar",
    html="<div class='toolbar'></div>\n",
    css=joined("toolbar/toolbar.css"),
    js=joined("toolbar/element.js", "toolbar/chosen.js", "toolbar/ranges.js", "toolbar/toolbar.js"),
)


def _nothing(value: Any) -> None:
    """What a control does that nobody listens to."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """What all of them have. `on_change(value)` is called before the page runs again."""

    help: str = ""
    bare: bool = False  # the label is read out but not shown
    disabled: bool = False
    on_change: Callable[[Any], Any] = _nothing

    def accepts(self, value: object) -> bool:
        """Whether the browser may send this value."""
        return False


@dataclass(frozen=True)
class Segments(Control):
    """One of a few, side by side."""

    name: str
    label: str
    options: Mapping[str, str]  # value -> how it is written
    value: str

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.options


@dataclass(frozen=True)
class Select(Segments):
    """One of many, in a list."""


@dataclass(frozen=True)
class Several(Control):
    """Some of many, in the order they were chosen."""

    name: str
    label: str
    options: Mapping[str, str]
    value: Sequence[str]
    most: int = 20
    placeholder: str = "Add …"

    def accepts(self, value: object) -> bool:
        known = isinstance(value, list) and all(isinstance(one, str) and one in self.options for one in value)
        return known and len(set(value)) == len(value) <= self.most  # type: ignore[arg-type, call-overload]


@dataclass(frozen=True)
class Switch(Control):
    """On or off."""

    name: str
    label: str
    value: bool

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Field(Control):
    """A text, sent when it is finished."""

    name: str
    label: str
    value: str

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and len(value) <= LONGEST


@dataclass(frozen=True)
class Number(Control):
    """A number from `low` to `high`."""

    name: str
    label: str
    value: float
    low: float
    high: float
    step: float

    def accepts(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high


@dataclass(frozen=True)
class Stops(Control):
    """One of many in a line, by a slider."""

    name: str
    label: str
    options: Mapping[str, str]
    value: str

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.options


@dataclass(frozen=True)
class Span(Control):
    """From a whole number to another one, both between `low` and `high`."""

    name: str
    label: str
    value: tuple[int, int]
    low: int = 0
    high: int = 100
    unit: str = "%"

    def accepts(self, value: object) -> bool:
        whole = isinstance(value, list) and len(value) == 2 and all(type(end) is int for end in value)
        return whole and self.low <= value[0] <= value[1] <= self.high  # type: ignore[index]


@dataclass(frozen=True)
class Action(Control):
    """A button; `on_change(None)` is called when it is pressed. With `remove` it takes away what it names."""

    name: str
    label: str
    remove: bool = False
    quiet: bool = False  # without a border

    def accepts(self, value: object) -> bool:
        return value is None and not self.disabled


@dataclass(frozen=True)
class Words(Control):
    """A word between the controls."""

    name: str
    label: str


def toolbar(controls: Sequence[Control], *, key: str) -> None:
    """Show them in this order. A value that a control does not offer is ignored."""
    by_name = {control.name: control for control in controls}  # type: ignore[attr-defined]

    def changed() -> None:
        sent = event(key, "choice")
        if isinstance(sent, list | tuple) and len(sent) == 2 and sent[0] in by_name:
            control = by_name[sent[0]]
            if control.accepts(sent[1]):
                control.on_change(sent[1])

    _component(data={"controls": [_as_data(control) for control in controls]}, key=key, on_choice_change=changed)


def _as_data(control: Control) -> dict[str, Any]:
    held = {field.name: getattr(control, field.name) for field in fields(control) if field.name != "on_change"}
    for name in ("label", "help", "placeholder"):
        if name in held:
            held[name] = printable(held[name])
    if "options" in held:
        held["options"] = [[value, printable(text)] for value, text in held["options"].items()]
    if isinstance(held.get("value"), tuple):
        held["value"] = list(held["value"])
    return {"kind": type(control).__name__.lower(), **held}
