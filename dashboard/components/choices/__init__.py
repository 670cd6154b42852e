"""Lists to choose from and switches, as one component: five widgets of Streamlit's own cost every page 0.1 s more.

choices(
    [Choice("run", "Run", {"compact": "compact", "lenet": "lenet"}, "compact", help="The checkpoint of every page.")],
    key="sidebar",
    on_change=lambda name, value: narrow(**{name: value}),
)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Choice", "Switch", "choices"]

_component = st.components.v2.component(
    "ferkit_choices",
    html="<div class='choices'></div>\n",
    css=joined("choices/choices.css"),
    js=joined("choices/choices.js"),
)


@dataclass(frozen=True)
class Choice:
    """One of several."""

    name: str
    label: str
    options: Mapping[str, str]  # value -> how it is written
    value: str
    help: str = ""

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.options


@dataclass(frozen=True)
class Switch:
    """On or off."""

    name: str
    label: str
    value: bool
    help: str = ""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)


def choices(shown: Sequence[Choice | Switch], *, key: str, on_change: Callable[[str, str | bool], None]) -> None:
    """Show them in this order. `on_change(name, value)` is called before the page runs again; a value that is not
    offered is ignored."""
    by_name = {choice.name: choice for choice in shown}

    def changed() -> None:
        sent = event(key, "choice")
        if isinstance(sent, list | tuple) and len(sent) == 2 and sent[0] in by_name:
            name, value = sent
            if by_name[name].accepts(value):
                on_change(name, value)

    _component(data={"choices": [_as_data(choice) for choice in shown]}, key=key, on_choice_change=changed)


def _as_data(choice: Choice | Switch) -> dict[str, object]:
    options = (
        [[value, printable(text)] for value, text in choice.options.items()] if isinstance(choice, Choice) else None
    )
    return {
        "name": choice.name,
        "label": choice.label,
        "options": options,
        "value": choice.value,
        "help": printable(choice.help),
    }
