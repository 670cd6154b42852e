"""What can go wrong, as a tree. Each message says what was expected, what came, and what to do.

    FerkitError
    ├── DataError      a dataset or a source of one
    ├── RunError       a run folder
    ├── ConfigError    a recipe, a setting, a model's arguments
    ├── TrainError     training that cannot continue
    └── MediaError     a photo or a video

The command line prints the message and exits with 2; a page shows it with `st.error`.
"""

from typing import Any

__all__ = ["ConfigError", "DataError", "FerkitError", "MediaError", "RunError", "TrainError", "shown"]


def shown(value: Any, longest: int = 60) -> str:
    """Any value, also a stranger's, as one line short enough for a sentence."""
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except (ValueError, RecursionError):  # an integer of too many digits, a list inside itself
        text = f"a {type(value).__name__}"
    return text if len(text) <= longest else text[: longest - 1] + "…"


class FerkitError(Exception):
    """A mistake that a user can correct; its message is one sentence for that user."""


class DataError(FerkitError):
    """A dataset, or a source of one, is missing, broken or unusable."""


class RunError(FerkitError):
    """A run folder is missing, incomplete or does not fit what is asked of it."""


class ConfigError(FerkitError):
    """A recipe, a setting or a model's argument is unknown or out of range."""


class TrainError(FerkitError):
    """Training cannot continue."""


class MediaError(FerkitError):
    """A photo or a video cannot be read: missing, broken, of another format, or too large to be opened safely.

    `reason` is the message in a few words, for a list of files.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or message
