"""The filters of the Selection as buttons that remove them."""

from typing import Any

import streamlit as st

from dashboard.selection import FILTERS, LAYOUT_NAMES, Selection
from dashboard.state import current, narrow
from dashboard.words import plain

__all__ = ["clear", "show"]

WORDS = {"true": "true", "pred": "predicted", "outcome": "outcome", "find": "name contains"}


def show(selection: Selection) -> None:
    """The filters as buttons, in a row that is there without them too, so that nothing moves; a click removes one. The
    field at its end finds faces by a part of their file name."""
    shown = [(name, part) for name in FILTERS for part in _parts(name, selection)]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="chips"):
        _find(selection)
        if not shown:
            st.caption("No filter", width="content")
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


def _find(selection: Selection) -> None:
    st.session_state["chips-find"] = selection.find
    st.text_input(
        "Find by file name", key="chips-find", on_change=_found, placeholder="Find by file name", width=190,
        label_visibility="collapsed", icon=":material/search:", max_chars=100,
    )  # fmt: skip


def _found() -> None:
    narrow(find=str(st.session_state.get("chips-find", "")).strip())


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
