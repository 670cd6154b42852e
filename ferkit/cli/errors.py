"""One sentence on stderr instead of a stack trace, for every command."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import typer

from ferkit.errors import FerkitError

__all__ = ["one_sentence"]

P = ParamSpec("P")
R = TypeVar("R")


def one_sentence(command: Callable[P, R]) -> Callable[P, R]:
    """Wrap a typer command: a FerkitError or a file that cannot be used prints `Error: ...` and exits 2, Ctrl-C exits
    130."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except FerkitError as error:
            _say(str(error))
            raise typer.Exit(2) from error
        except OSError as error:
            _say(f"{error.strerror or error}: {error.filename}" if error.filename else str(error.strerror or error))
            raise typer.Exit(2) from error
        except KeyboardInterrupt as error:
            print("Stopped.", file=sys.stderr)
            raise typer.Exit(130) from error

    return wrapped


def _say(message: str) -> None:
    print("Error:", " ".join(message.split()), file=sys.stderr)
