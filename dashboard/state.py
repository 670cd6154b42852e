"""One Selection for the whole app, held in the URL: dataset, split, run, baseline, and the filter on faces.

Every page reads `current()`; everything that narrows (a cell, a bar, a lasso, a face) calls `narrow(...)`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import chain
from typing import Any

import streamlit as st

__all__ = ["FILTERS", "OUTCOMES", "Selection", "adopt", "chips", "current", "narrow"]

OUTCOMES = ("right", "wrong")
FILTERS = ("true", "pred", "outcome", "confidence", "lasso")
Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Selection:
    """What is being looked at. Empty strings mean "not chosen"."""

    data: str = ""  # dataset
    split: str = ""
    run: str = ""
    base: str = ""  # baseline run
    true: str = ""  # class name
    pred: str = ""  # class name
    outcome: str = ""  # one of OUTCOMES
    confidence: tuple[float, float] | None = None  # of the prediction, in [0, 1]
    lasso: Polygon = ()  # on the UMAP or PCA map, see `layout`
    layout: str = "umap"
    face: str = ""  # id of the face whose detail is open

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> "Selection":
        """From a URL's parameters. What cannot be read is left out: a URL from a stranger breaks nothing."""
        plain = {f.name: params[f.name][:200] for f in fields(cls) if f.type is str and f.name in params}
        if plain.get("outcome") not in OUTCOMES:
            plain.pop("outcome", None)
        if plain.get("layout") not in ("umap", "pca"):
            plain.pop("layout", None)
        return cls(**plain, confidence=_range(params.get("confidence", "")), lasso=_polygon(params.get("lasso", "")))

    def params(self) -> dict[str, str]:
        """The URL's parameters: only what is chosen."""
        told = {f.name: getattr(self, f.name) for f in fields(self) if f.type is str and getattr(self, f.name)}
        if self.confidence:
            told["confidence"] = f"{self.confidence[0]:.4g}-{self.confidence[1]:.4g}"
        if self.lasso:
            told["lasso"] = "_".join(f"{x:.4g},{y:.4g}" for x, y in self.lasso)
        else:
            told.pop("layout")
        return told

    def without(self, *names: str) -> "Selection":
        """The same with these fields back at their defaults."""
        return replace(self, **{name: getattr(Selection(), name) for name in names})

    @property
    def filtered(self) -> bool:
        """Whether any filter on faces is set."""
        return any(getattr(self, name) for name in FILTERS)


def current() -> Selection:
    """The Selection of this visitor. The URL wins when it was opened or edited from outside; otherwise the
    session's."""
    url = {key: st.query_params[key] for key in st.query_params}
    if url and url != st.session_state.get("url"):
        adopt(Selection.parse(url))
    selection: Selection = st.session_state.get("selection") or Selection()
    return selection


def adopt(selection: Selection) -> None:
    """Make it the current Selection; the URL follows."""
    st.session_state["selection"] = selection
    st.session_state["url"] = selection.params()
    if {key: st.query_params[key] for key in st.query_params} != st.session_state["url"]:
        st.query_params.from_dict(st.session_state["url"])


def narrow(**changes: Any) -> None:
    """Change some fields. Any change but its own closes the open face; another run or split drops the lasso, which was
    drawn on the old one's map; another dataset drops every filter."""
    old = current()
    new = replace(old, **changes)
    if "face" not in changes and new != old:
        new = new.without("face")
    if "lasso" not in changes and (new.run, new.split) != (old.run, old.split):
        new = new.without("lasso")
    if new.data != old.data:
        new = new.without(*FILTERS)
    adopt(new)


def chips(selection: Selection) -> None:
    """The filters as buttons; a click removes one."""
    shown = [(name, _label(name, selection)) for name in FILTERS if getattr(selection, name)]
    if not shown:
        return
    with st.container(horizontal=True, gap="small", key="chips"):
        for name, label in shown:
            st.button(
                label,
                icon=":material/close:",
                key=f"chip-{name}",
                on_click=_drop,
                args=(name,),
                help="Remove this filter",
            )
        if len(shown) > 1:
            st.button("Clear all", type="tertiary", key="chip-all", on_click=_drop, args=FILTERS)


def _drop(*names: str) -> None:
    adopt(current().without(*names, "face"))


def _label(name: str, selection: Selection) -> str:
    value = getattr(selection, name)
    if name == "confidence":
        return f"confidence {value[0]:.0%}–{value[1]:.0%}"
    if name == "lasso":
        return f"lasso on the {selection.layout.upper()} map"
    return f"{ {'true': 'true', 'pred': 'predicted', 'outcome': 'outcome'}[name] }: {value}"


def _range(text: str) -> tuple[float, float] | None:
    low, _, high = text.partition("-")
    try:
        pair = float(low), float(high)
    except ValueError:
        return None
    return pair if 0 <= pair[0] <= pair[1] <= 1 else None


def _polygon(text: str) -> Polygon:
    try:
        corners = tuple(
            (float(x), float(y)) for x, y in (corner.split(",") for corner in text.split("_")[:200] if corner)
        )
    except ValueError:
        return ()
    return corners if len(corners) >= 3 and all(map(math.isfinite, chain(*corners))) else ()
