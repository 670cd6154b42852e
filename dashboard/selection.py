"""What a visitor looks at: dataset, split, run, baseline, and the filters on faces; to and from a URL's parameters."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import chain
from urllib.parse import quote, unquote

__all__ = ["FILTERS", "LAYOUTS", "LAYOUT_NAMES", "OUTCOMES", "Polygon", "Selection", "Slice"]

OUTCOMES = ("right", "wrong")
LAYOUT_NAMES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
LAYOUTS = tuple(LAYOUT_NAMES)
FILTERS = ("true", "pred", "outcome", "confidence", "lasso", "tags", "slices", "find")
MOST = 12  # tags or slices
Polygon = tuple[tuple[float, float], ...]
Slice = tuple[str, float, float]


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
    lasso: Polygon = ()  # on a map, see `layout` and `on`
    layout: str = "umap"  # one of LAYOUTS
    on: str = ""  # whose map the lasso is on: "" for the run's, "base" for the baseline's
    tags: tuple[str, ...] = ()  # names of `dashboard.traits.tags`; a face has all of them
    slices: tuple[Slice, ...] = ()  # a column of `dashboard.traits.properties`, and its range, both ends included
    find: str = ""  # part of a face's id
    face: str = ""  # id of the face whose detail is open

    @classmethod
    def parse(cls, params: Mapping[str, str]) -> "Selection":
        """From a URL's parameters. What cannot be read is left out: a URL from a stranger breaks nothing."""
        plain = {f.name: params[f.name][:200] for f in fields(cls) if f.type is str and f.name in params}
        if plain.get("outcome") not in OUTCOMES:
            plain.pop("outcome", None)
        if plain.get("layout") not in LAYOUTS:
            plain.pop("layout", None)
        if plain.get("on") != "base":
            plain.pop("on", None)
        return cls(
            **plain,
            confidence=_range(params.get("confidence", "")),
            lasso=_polygon(params.get("lasso", "")),
            tags=_names(params.get("tags", "")),
            slices=_slices(params.get("slices", "")),
        )

    def params(self) -> dict[str, str]:
        """The URL's parameters: only what is chosen."""
        texts = {f.name: getattr(self, f.name) for f in fields(self) if f.type is str}
        params = {name: text for name, text in texts.items() if text != getattr(Selection, name)}
        if self.confidence:
            params["confidence"] = f"{self.confidence[0]:.6g}-{self.confidence[1]:.6g}"
        if self.lasso:
            params["lasso"] = "_".join(f"{x:.4g},{y:.4g}" for x, y in self.lasso)
        if self.tags:
            params["tags"] = ",".join(quote(name, safe=" ") for name in self.tags)
        if self.slices:
            params["slices"] = ",".join(
                f"{quote(name, safe=' ')}:{low:.6g}:{high:.6g}" for name, low, high in self.slices
            )
        return params

    def without(self, *names: str) -> "Selection":
        """The same with these fields back at their defaults."""
        return replace(self, **{name: getattr(Selection(), name) for name in names})

    @property
    def filtered(self) -> bool:
        """Whether any filter on faces is set."""
        return any(getattr(self, name) for name in FILTERS)


def _names(text: str) -> tuple[str, ...]:
    names = (unquote(part)[:200] for part in text.split(",")[:MOST])
    return tuple(dict.fromkeys(name for name in names if name))


def _slices(text: str) -> tuple[Slice, ...]:
    slices = []
    for part in text.split(",")[:MOST]:
        name, _, ends = part.partition(":")
        low, _, high = ends.partition(":")
        try:
            slices.append((unquote(name)[:200], float(low), float(high)))
        except ValueError:
            continue
    return tuple(one for one in dict.fromkeys(slices) if one[0] and -math.inf < one[1] <= one[2] < math.inf)


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
