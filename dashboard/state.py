"""What a visitor looks at, held in the URL: one Selection for the whole app, and each page's own view parameters.

The Selection is dataset, split, run, baseline and the filter on faces. Every page reads `current()`; everything that
narrows it (a cell, a bar, a lasso, a face) calls `narrow(...)`.

What else a page shows (a norm, a layer, a place in the gallery) is a `Parameter`, defined in `dashboard.parameters`:

    st.selectbox("Layer", layers, **bind(parameters.LAYER, layers))
    layer = value(parameters.LAYER, layers)  # the first of them where the URL names none of them
    put(parameters.CHANNEL, 3)  # in a callback, or before its widget is drawn

`bind` gives a widget its key, its value and its `on_change`; so the widget takes neither `default=` nor `index=`. A
value stays with the session when another page is visited, and is in the URL of every page that the Parameter names.
"""

from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

import streamlit as st

from dashboard.parameters import PARAMETERS, Parameter, of_page
from dashboard.selection import FILTERS, Selection

__all__ = ["Selection", "adopt", "bind", "current", "enter", "narrow", "put", "value"]

T = TypeVar("T")


def enter(page: str) -> None:
    """Say which page is drawn from here on; before anything reads the Selection."""
    st.session_state["page"] = page


def current() -> Selection:
    """The Selection of this visitor. The URL wins when it was opened or edited from outside; otherwise the
    session's."""
    url = _url()
    if url and url != st.session_state.get("url"):
        for parameter in of_page(_page()):
            _remember(parameter, parameter.parse(url.get(parameter.name, "")))
        adopt(Selection.parse(url))
    selection: Selection = st.session_state.get("selection") or Selection()
    return selection


def adopt(selection: Selection) -> None:
    """Make it the current Selection; the URL follows."""
    st.session_state["selection"] = selection
    _write()


def narrow(**changes: Any) -> None:
    """Change some fields. The baseline chosen as the run swaps the two. Any change but its own closes the open face;
    another run or split drops the lasso, which was drawn on the old one's map; another dataset drops every filter."""
    old = current()
    new = replace(old, **changes)
    if new.run and new.run == new.base:
        new = replace(new, base=old.run if new.run != old.run else "")
    if "face" not in changes and new != old:
        new = new.without("face")
    if "lasso" not in changes and (new.run, new.split, new.on and new.base) != (
        old.run,
        old.split,
        old.on and old.base,
    ):
        new = new.without("lasso", "on")
    if new.data != old.data:
        new = new.without(*FILTERS)
    if not new.lasso:
        new = new.without("on")
    _forget({f.name for f in fields(Selection) if getattr(old, f.name) != getattr(new, f.name)})
    adopt(new)


def value(parameter: Parameter[T], options: Collection[T] | None = None) -> T:
    """The value of a view parameter on this page; where it is none of `options`, its default, or the first option."""
    kept: T = _views().get(_place(parameter), parameter.default)
    return kept if options is None or kept in options else _fallback(parameter, options)


def _fallback(parameter: Parameter[T], options: Collection[T] | None) -> T:
    if options is None or parameter.default in options:
        return parameter.default
    return next(iter(options), parameter.default)


def put(parameter: Parameter[T], value: T) -> None:
    """Set a view parameter; the URL follows."""
    _remember(parameter, value)
    _forget({parameter.name})
    _write()


def bind(parameter: Parameter[Any], options: Collection[Any] | None = None) -> dict[str, Any]:
    """Arguments that tie a widget to a view parameter: `key`, `on_change` and `args`; `options` are the widget's."""
    key = f"view-{parameter.name}"
    st.session_state[key] = value(parameter, options)
    return {"key": key, "on_change": _changed, "args": (parameter, key, _fallback(parameter, options))}


def _changed(parameter: Parameter[Any], key: str, fallback: Any) -> None:
    if (chosen := st.session_state.get(key)) is not None:  # None where the page was left meanwhile
        put(parameter, parameter.default if chosen == fallback else chosen)


def _forget(changed: set[str]) -> None:
    """Set to their defaults the view parameters that no longer fit after a change of these."""
    outdated = {parameter.name for parameter in PARAMETERS if changed.intersection(parameter.resets_on)}
    for place in [place for place in _views() if place[1] in outdated]:
        del _views()[place]


def _remember(parameter: Parameter[Any], value: Any) -> None:
    if value is None or value == parameter.default:
        _views().pop(_place(parameter), None)
    else:
        _views()[_place(parameter)] = value


def _views() -> dict[tuple[str, str], Any]:
    """Values of view parameters that differ from their defaults, by page ("" for a shared one) and name."""
    views: dict[tuple[str, str], Any] = st.session_state.setdefault("views", {})
    return views


def _place(parameter: Parameter[Any]) -> tuple[str, str]:
    return ("" if parameter.shared else _page(), parameter.name)


def _page() -> str:
    page: str = st.session_state.get("page", "")
    return page


def _url() -> dict[str, str]:
    return {key: st.query_params[key] for key in st.query_params}


def _write() -> None:
    """Write the Selection and this page's view parameters into the URL."""
    url = st.session_state["selection"].params() if "selection" in st.session_state else {}
    for parameter in of_page(_page()):
        if _place(parameter) in _views():
            url[parameter.name] = parameter.format(_views()[_place(parameter)])
    st.session_state["url"] = url
    if _url() != url:
        st.query_params.from_dict(url)
