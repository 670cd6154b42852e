"""Sentences and numbers as every page writes them."""

import re

from ferkit.text import printable

__all__ = [
    "chance",
    "clock",
    "code",
    "compact",
    "count",
    "f1",
    "interval",
    "minus",
    "percent",
    "plain",
    "points",
    "signed",
]


SPECIAL = re.compile(r"[\\`*_\[\]<>#|$~&]")
LIST = re.compile(r"^(\d*)([-+=.)])")
LINK = re.compile(r"(:(?=\S)|@|(?<=www)(?=\.))", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"  # of no width: it breaks addresses, which become links even where they are escaped


def plain(text: str) -> str:
    """Untrusted text (names of classes, files, runs), escaped for Markdown: it is shown as it is, and makes no
    image, link, formula or icon."""
    line = SPECIAL.sub(r"\\\g<0>", printable(" ".join(text.split())))
    return LINK.sub(rf"\1{JOINER}", LIST.sub(r"\1\\\2", line))


def code(command: str) -> str:
    """A command line in Markdown's code style, whatever names it holds."""
    return f"`{printable(' '.join(command.split())).replace('`', '')}`"


def minus(text: str) -> str:
    """ "from -0.09 to 1" -> "from −0.09 to 1": a true minus sign before numbers."""
    return re.sub(r"(?<![\w.])-(?=[\d.])", "−", text)


def percent(share: float, digits: int = 1) -> str:
    """0.7012 -> "70.1%"."""
    return f"{100 * share:.{digits}f}%"


def count(n: float) -> str:
    """3589 -> "3,589"."""
    return f"{n:,.0f}"


def f1(value: float) -> str:
    """0.6532 -> "0.653"; F1 scores are numbers from 0 to 1, never percentages."""
    return f"{value:.3f}"


def interval(low: float, high: float) -> str:
    """(0.685, 0.715) -> "68.5–71.5%"."""
    return f"{100 * low:.1f}–{100 * high:.1f}%"


def points(difference: float, ends: tuple[float, float] | None = None) -> str:
    """(0.013, (0.002, 0.024)) -> "+1.3 points [+0.2, +2.4]", with a true minus sign."""
    return f"{signed(difference)} points" + (f" [{signed(ends[0])}, {signed(ends[1])}]" if ends else "")


def signed(difference: float) -> str:
    """A difference of two shares in points: -0.009 -> "−0.9", with a true minus sign."""
    number = round(100 * difference, 1)
    return f"{number:+.1f}".replace("-", "−") if number else "0.0"


def chance(p: float) -> str:
    """0.0421 -> "p = 0.042"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def clock(seconds: float) -> str:
    """72.3 -> "1:12"."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def compact(number: float) -> str:
    """425528 -> "426k"; 41534992 -> "41.5M"."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= limit:
            return f"{number / limit:.3g}{unit}"
    return f"{number:.0f}"
