"""What a component is made of: files beside it, joined into the one script and the one style that the browser gets."""

from pathlib import Path

__all__ = ["joined"]

HERE = Path(__file__).parent


def joined(*names: str) -> str:
    """The text of these files of `dashboard/components`, one after the other; in JavaScript they share one scope, and
    the last of them exports."""
    return "\n".join((HERE / name).read_text("utf-8") for name in names)
