"""What a page shows besides the Selection, as parameters of its URL: one line here for each.

`dashboard.state` keeps their values and the URL in step; `state.bind` ties a widget to one. A value that equals the
default is left out of the URL; one that cannot be read, or is out of bounds, is ignored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote

__all__ = ["PARAMETERS", "Parameter", "choice", "flag", "integer", "names", "number", "of_page", "text"]

T = TypeVar("T")
LONGEST = 200  # characters of a text


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """One value of a page's view."""

    name: str  # in the URL
    pages: tuple[str, ...]  # whose URL it belongs to
    default: T
    parse: Callable[[str], T | None]  # None for what cannot be read
    format: Callable[[T], str]
    shared: bool = False  # one value for all its pages, or one for each
    resets_on: tuple[str, ...] = ()  # fields of the Selection, and parameters, whose change sets it to its default


def choice(name: str, pages: tuple[str, ...], options: Sequence[str], **more: Any) -> Parameter[str]:
    """One of `options`; the first is the default."""
    return Parameter(name, pages, options[0], lambda value: value if value in options else None, str, **more)


def flag(name: str, pages: tuple[str, ...], *, default: bool = False, **more: Any) -> Parameter[bool]:
    """Yes or no, written 1 or 0."""
    return Parameter(name, pages, default, {"1": True, "0": False}.get, lambda value: str(int(value)), **more)


def integer(name: str, pages: tuple[str, ...], default: int, low: int, high: int, **more: Any) -> Parameter[int]:
    """A whole number from `low` to `high`."""

    def parse(value: str) -> int | None:
        if not value.isascii() or not value.removeprefix("-").isdigit() or len(value) > 18:
            return None
        return int(value) if low <= int(value) <= high else None

    return Parameter(name, pages, default, parse, str, **more)


def number(name: str, pages: tuple[str, ...], default: float, low: float, high: float, **more: Any) -> Parameter[float]:
    """A number from `low` to `high`, written with four digits."""

    def parse(value: str) -> float | None:
        try:
            read = float(value)
        except ValueError:
            return None
        return read if low <= read <= high else None

    return Parameter(name, pages, default, parse, lambda value: f"{value:.4g}", **more)


def text(name: str, pages: tuple[str, ...], **more: Any) -> Parameter[str]:
    """Any text, "" by default; whether it names something is for the page to check."""
    return Parameter(name, pages, "", lambda value: value[:LONGEST], str, **more)


def names(name: str, pages: tuple[str, ...], most: int, **more: Any) -> Parameter[tuple[str, ...]]:
    """Up to `most` names, none by default, separated by commas."""

    def parse(value: str) -> tuple[str, ...]:
        return tuple(unquote(part)[:LONGEST] for part in value.split(",")[:most] if part)

    return Parameter(name, pages, (), parse, lambda value: ",".join(quote(part, safe=" ") for part in value), **more)


RUN = ("data", "run")
ANYTHING = (
    "data", "split", "run", "base", "true", "pred", "outcome", "confidence", "lasso", "layout", "on", "tags", "slices",
    "find", "dedup", "all", "changed", "against",
)  # fmt: skip
SCORED = (
    "overview", "compare", "confidence", "deploy", "dataset", "failures", "slices", "labels", "embeddings",
    "explanations",
)  # fmt: skip
EVERY = (*SCORED, "training", "search", "parts", "filters", "photo", "video", "webcam", "monitor")

# More than one page
DEDUPLICATED = flag("dedup", EVERY, shared=True)
NORM = choice("norm", ("failures", "compare"), ("row", "column", "count"), shared=True)
PLACE = integer(
    "place", ("failures", "compare", "confidence", "embeddings", "explanations"), 1, 1, 10**9, resets_on=ANYTHING
)
ORDER = flag("order", ("failures", "compare"), shared=True)
LAYER = text("layer", ("explanations", "filters"), resets_on=RUN)
SORTS = ("confidence", "loss", "margin", "disagreement", "distance", "training", "file")
SORT = choice("sort", SCORED, SORTS, shared=True)  # of galleries
ASCENDING = flag("ascending", SCORED, shared=True)
GROUP = choice("group", SCORED, ("", "label", "pred", "outcome"), shared=True)
TILE_SIZE = integer("tile", SCORED, 84, 44, 160, shared=True)
# Overview
PUBLISHED = flag("published", ("overview",), default=True)
# Compare
MORE_RUNS = names("more", ("compare",), 2)
MEASURE = choice("measure", ("compare",), ("recall", "precision", "F1"))
CHANGED = choice("changed", ("compare",), ("fixed", "broken", "both wrong", "both right", "disagree", "all"))
AGAINST = text("against", ("compare",))
MATRICES = choice("matrices", ("compare",), ("runs", "difference", "agreement"))
GROUPS = choice("groups", ("compare",), ("classes", "slices"))
PAIR = ("data", "split", "run", "base", "against", "pred")
WHOSE = text("whose", ("compare",), resets_on=PAIR)  # the run that `pred` is a prediction of; "" for either
ALSO = text("also", ("compare",), resets_on=PAIR)  # what the other one predicts
# Confidence
BINNING = choice("bins", ("confidence",), ("width", "mass"))
CURVES = choice("curves", ("confidence",), ("roc", "pr"))
TAU = number("tau", ("confidence",), 0.0, 0.0, 1.0)
# Deploy
COST = choice("cost", ("deploy",), ("latency", "size"))
EXPORTED = choice("format", ("deploy",), ("int8", "onnx", "float16", "int8-dynamic", "exported-program"))
FLIPPED = choice("flipped", ("deploy",), ("all", "broken", "fixed", "changed"))
LARGEST_MB = number("mb", ("deploy",), 2.0, 0.01, 10_000.0)
LONGEST_MS = number("ms", ("deploy",), 2.0, 0.01, 10_000.0)
# Training and Search
RUNS = names("runs", ("training",), 20)
CURVE = text("curve", ("training",))
ONLY_DIFFERENCES = flag("differences", ("training",), default=True)
STUDY = text("study", ("search",))
PARALLEL = flag("parallel", ("search",))
# Dataset
UNIT = text("unit", ("dataset",))
FACES_VIEW = text("faces", ("dataset",))
FACES_CLASS = text("class", ("dataset",))
FACES_SEED = integer("seed", ("dataset",), 0, 0, 10**9)
FACES_PLACE = integer("place", ("dataset",), 1, 1, 10**9, resets_on=("data", "faces", "class", "copies", "issue"))
COPIES = text("copies", ("dataset",))
ISSUE = text("issue", ("dataset",), resets_on=("data",))
# Failures
ALL_FACES = flag("all", ("failures",))
# Slices
WEAKNESS = text("by", ("slices",))
PROPERTY = text("property", ("slices",))
CORRUPTED = text("corrupted", ("slices",), resets_on=("data", "split", "run"))  # kind and strength, as "blur 3"
# Labels
LABELS = text("look", ("labels",))
VOTES = text("votes", ("labels",))
# Embeddings
COLOUR = text("colour", ("embeddings",))
BESIDE = flag("beside", ("embeddings",))
# Explanations
MEAN_VIEW = choice("maps", ("explanations",), ("contrast", "own", "difference", "gradcam"))
TILES_OF = choice("tiles", ("explanations",), ("predicted", "label"))
EXPLAINED = text("explained", ("explanations",), resets_on=("data", "split"))  # id of the face, or "mean 3", "drawn 3"
METHODS = names("methods", ("explanations",), 14)
METHOD_SETTINGS = names("set", ("explanations",), 40)  # as "contrast.steps=8"
ALONGSIDE = names("alongside", ("explanations",), 3)  # other runs that explain the same face
ONE_CLASS = text("one", ("explanations",))  # whose maps are shown; "" for all classes
PAINTED = flag("painted", ("explanations",))
EXPLAIN = choice("explain", ("explanations",), ("pred", "label"))
# Filters
SECTION = choice("section", ("filters",), ("kernels", "maps", "faces", "ascent", "attention", "layers"))
KERNEL_SORT = choice("by", ("filters",), ("norm", "activity"))
KERNELS = text("kernels", ("filters",), resets_on=RUN)
CHANNEL = integer("channel", ("filters",), -1, 0, 10**6, resets_on=(*RUN, "layer"))
MEAN_FACE = integer("mean", ("filters", "parts"), 0, 0, 10**4, resets_on=("data",))
# Parts of the face
PARTS_WAY = choice("way", ("parts",), ("hidden", "taken"))
PARTS_FROM = text("from", ("parts",))
PARTS_CELL = text("cell", ("parts",))
PART = choice("part", ("parts",), ("mouth", "brows", "eyes", "nose", "cheeks", "chin", "elsewhere"))
PART_FROM = text("swap", ("parts",))
# Photo, Video and Webcam
SOURCE = choice("source", ("photo",), ("upload", "camera"))
MAP_OF = text("map", ("photo", "video", "webcam"))  # whose map is shown; "" for each face's prediction
MIRROR = flag("mirror", ("photo", "video", "webcam"))  # probabilities averaged with those of the mirror image
READERS = names("with", ("photo", "video", "webcam"), 3)  # runs that read the same faces
MODE = choice("mode", ("webcam",), ("browser", "server", "snapshots"))
FRAME_RATE = choice("rate", ("video",), ("10", "1", "2", "5", "every"))  # frames of a video read per second
# Monitor
PERIOD = choice("period", ("monitor",), ("week", "hour", "day", "month", "all"))
LOGGED = text("from", ("monitor",), resets_on=("run",))
LOGGED_FACES = text("faces", ("monitor",), resets_on=("run",))

PARAMETERS: tuple[Parameter[Any], ...] = tuple(value for value in globals().values() if isinstance(value, Parameter))


def of_page(page: str) -> list[Parameter[Any]]:
    """The parameters of a page's URL."""
    return [parameter for parameter in PARAMETERS if page in parameter.pages]
