"""The small types a manifest is made of: strict numbers with bounds, one-line texts, class names, plain JSON."""

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ferkit.text import is_printable

__all__ = [
    "ClassName", "Count", "Frozen", "Interval", "Json", "Line", "Number", "Positive", "Seed", "Share", "Slope", "Split",
]  # fmt: skip

DEEPEST = 12  # levels of a JSON mapping
MOST = 100_000  # values in it


class Frozen(BaseModel):
    """An immutable record. Numbers are never read from text, and keys that this version does not know are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, protected_namespaces=())


def _printable(text: str) -> str:
    if not is_printable(text):
        raise ValueError("should be one line without control characters")
    return text


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError("should not be blank")
    return text


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what JSON cannot hold, and what is nested so deep or is so large that a page could not list it."""
    level: list[Any] = [value]
    seen = 0
    for _ in range(DEEPEST):
        inner = [part for outer in level for part in _parts(outer)]
        level = [part for part in inner if isinstance(part, dict | list | tuple)]
        seen += len(inner)
        if seen > MOST:
            raise ValueError(f"should hold at most {MOST:,} values")
    if level:
        raise ValueError(f"should be nested at most {DEEPEST} levels deep")
    return value


def _parts(outer: dict[str, Any] | list[Any] | tuple[Any, ...]) -> list[Any]:
    parts = [*outer, *outer.values()] if isinstance(outer, dict) else list(outer)
    for part in parts:
        if isinstance(part, float) and not math.isfinite(part):
            raise ValueError("should hold finite numbers")
        if isinstance(part, str) and not part.isascii() and any("\ud800" <= letter <= "\udfff" for letter in part):
            raise ValueError("should hold text that can be written as UTF-8")
    return parts


Split = Annotated[str, Field(strict=True, pattern="^(train|val|test|all)$")]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Slope = Annotated[Number, Field(ge=-10, le=10)]
Share = Annotated[Number, Field(ge=0, le=1)]
Interval = tuple[Number, Number]  # low, high
Count = Annotated[int, Field(strict=True, ge=0, lt=10**15)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**64)]
Line = Annotated[str, Field(strict=True, max_length=1000), AfterValidator(_printable)]
ClassName = Annotated[str, Field(strict=True, max_length=200), AfterValidator(_printable), AfterValidator(_named)]
Json = Annotated[dict[str, Any], AfterValidator(_plain)]
