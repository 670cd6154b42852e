"""Text from strangers: names of files, folders and classes, made fit to be stored and shown."""

import re

__all__ = ["is_printable", "printable"]

# C0 and C1 controls, line and paragraph separators, changes of writing direction, halves of a character
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` with each control character and each byte that is not UTF-8 written as an escape, as in "\\x1b": nothing
    is left that could steer a terminal."""
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def is_printable(text: str) -> bool:
    """Whether `printable` would leave `text` as it is."""
    return not CONTROL.search(text)
