"""The filters of the Selection as buttons that remove them."""

from typing import Any

from dashboard.components.toolbar import Action, Control, Field, Words, toolbar
from dashboard.selection import FILTERS, LAYOUT_NAMES, Selection
from dashboard.state import current, narrow

__all__ = ["clear", "show"]

WORDS = {"true": "true", "pred": "predicted", "outcome": "outcome", "find": "name contains"}


def show(selection: Selection) -> None:
    """The filters as buttons, in a row that is there without them too, so that nothing moves; a click removes one. The
    field at its end finds faces by a part of their file name."""
    shown = [(name, part) for name in FILTERS for part in _parts(name, selection)]
    row: list[Control] = [Field("find", "Find by file name", selection.find, on_change=_found)]
    row += [_chip(i, name, part, selection) for i, (name, part) in enumerate(shown)] or [Words("none", "No filter")]
    if len(shown) > 1:
        row.append(Action("all", "Clear all", quiet=True, on_change=lambda _: clear()))
    toolbar(row, key="chips")


def _chip(i: int, name: str, part: Any, selection: Selection) -> Action:
    key = f"{name}-{i}" if name in ("tags", "slices") else name
    return Action(
        f"chip-{key}", _label(name, part, selection), remove=True, help="Remove this filter",
        on_change=lambda _: _drop(name, part),
    )  # fmt: skip


def _found(text: str) -> None:
    narrow(find=text.strip())


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
        return f"{part[0]} {part[1]:.3g}–{part[2]:.3g}"
    if name == "tags":
        return str(part)
    return f"{WORDS[name]}: {part}"
