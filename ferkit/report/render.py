"""Templates with their filters. Every name that is put in is text: it is escaped, in HTML and in Markdown alike."""

import re
from typing import Any
from urllib.parse import quote

import jinja2

__all__ = ["environment", "escape"]

SPECIAL = re.compile(r"([\\`*_\[\]<>|$#&!~])")


class Raw(str):
    """Markdown that is meant as it is."""


def environment(*, html: bool) -> jinja2.Environment:
    """The environment of report.html, or of report.md."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("ferkit", "report"),
        autoescape=html,
        finalize=None if html else _text,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters.update(percent=_percent, count=_count, text=_text, raw=Raw, code=_code, path=_path)
    return made


def _text(value: Any) -> Any:
    """A value as Markdown that shows just its characters: no image, no link, no table cell, no formula."""
    return value if isinstance(value, Raw) else Raw(SPECIAL.sub(r"\\\1", str(value)))


def escape(text: str) -> str:
    """`text` as Markdown that shows just its characters."""
    return SPECIAL.sub(r"\\\1", text)


def _code(value: Any) -> Raw:
    """For a code span or block, where nothing but backticks has a meaning."""
    return Raw(str(value).replace("`", "'"))


def _path(value: Any) -> Raw:
    return Raw(quote(str(value)))


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}%"


def _count(n: int) -> str:
    return f"{n:,}"
