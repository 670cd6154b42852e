"""One sentence on stderr instead of a stack trace, for every command, and nothing that could steer a terminal."""

import functools
import sys
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from ferkit.errors import FerkitError
from ferkit.text import printable

__all__ = ["report_errors"]

P = ParamSpec("P")
R = TypeVar("R")


def report_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a typer command: a FerkitError or a file that cannot be used prints `Error: ...` and exits 2, Ctrl-C exits
    130."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        # Pillow warns of an image's size where ferkit refuses it with its own message
        warnings.filterwarnings("ignore", message="Image size .* exceeds limit")
        try:
            return command(*args, **kwargs)
        except FerkitError as error:
            _print_error(str(error))
            raise typer.Exit(2) from error
        except OSError as error:
            _print_error(_reason(error))
            raise typer.Exit(2) from error
        except KeyboardInterrupt as error:
            print("Stopped.", file=sys.stderr)
            raise typer.Exit(130) from error

    return wrapped


def _reason(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{reason}: {error.filename}" if error.filename else reason


def _print_error(message: str) -> None:
    print("Error:", printable(" ".join(message.split())), file=sys.stderr)
