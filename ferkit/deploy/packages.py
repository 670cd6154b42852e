"""The packages that exporting needs and ferkit alone does not."""

import importlib
from typing import Any

from ferkit.errors import ConfigError

__all__ = ["package"]


def package(name: str, what: str) -> Any:
    """The module `name`. Raises ConfigError, which says what needs it, where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"{what} needs {name.partition('.')[0]}, which is not installed: pip install 'ferkit[deploy]'"
        ) from error
