"""Numbers in large type, as cards of one size: six or three in a row, two on a phone.

cards([Card("Accuracy", "69.1 ± 1.5%", "+0.2 points [−0.9, +1.3]", help="Share of faces classified correctly.")],
      key="scores")
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import streamlit as st

from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Card", "cards"]

_component = st.components.v2.component(
    "ferkit_cards",
    html="<div class='frame'><div class='cards'></div></div>\n",
    css=joined("cards/cards.css"),
    js=joined("cards/cards.js"),
)


@dataclass(frozen=True)
class Card:
    """One number: its name, the number, a note under it, and what it means. All are shown as they are."""

    label: str
    value: str
    note: str = ""
    tone: Literal["", "better", "worse"] = ""  # of the note
    help: str = ""


def cards(shown: Sequence[Card], *, key: str) -> None:
    """Show them in this order."""
    data = [{name: printable(text) for name, text in asdict(card).items()} for card in shown]
    _component(data={"cards": data}, key=key)
