"""The filters of the Selection as buttons that remove them."""

from typing import Any

import streamlit as st

from dashboard.selection import FILTERS, LAYOUT_NAMES, Selection
from dashboard.state import current, narrow
from dashboard.words import plain

__all__ = ["clear", "show"]

WORDS = {"true": "true", "pred": "predicted", "outcome": "outcome", "find": "name contains"}


def show(selection: Selection) -> None:
    """The filters as buttons, in a row that is there without them too, so that nothing moves; a click removes one."""
    shown = [(name, part) for name in FILTERS for part in _parts(name, selection)]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="chips"):
        if not shown:
            st.caption("No filter")
        for i, (name, part) in enumerate(shown):
            st.button(
                _label(name, part, selection),
                icon=":material/close:",
                key=f"chip-{name}-{i}" if name in ("tags", "slices") else f"chip-{name}",
                on_click=_drop,
                args=(name, part),
                help="Remove this filter",
            )
        if len(shown) > 1:
            st.button("Clear all", type="tertiary", key="chip-all", on_click=clear)


def clear() -> None:
    """Remove every filter."""
    narrow(**{name: getattr(Selection, name) for name in FILTERS})


def _parts(name: str, selection: Selection) -> tuple[Any, ...]:
    """What is chosen of a filter, each to be shown by itself."""
    chosen = getattr(selection, name)
    return chosen if name in ("tags", "slices") else (chosen,) if chosen else ()


def _drop(name: str, part: Any) -> None:
    kept = tuple(one for one in getattr(current(), name) if one != part) if name in ("tags", "slices") else None
    narrow(**{name: getattr(Selection, name) if kept is None else kept})


def _label(name: str, part: Any, selection: Selection) -> str:
    if name == "confidence":
        return f"confidence {part[0]:.0%}–{part[1]:.0%}"
    if name == "lasso":
        return f"lasso on the {LAYOUT_NAMES[selection.layout]} map" + (" of the baseline" if selection.on else "")
    if name == "slices":
        return f"{plain(part[0])} {part[1]:.3g}–{part[2]:.3g}"
    if name == "tags":
        return plain(part)
    return (
        f"{ {'true': 'true', 'pred': 'predicted', 'outcome': 'outcome', 'find': 'name contains'}[name] }: {plain(part)}"
    )
