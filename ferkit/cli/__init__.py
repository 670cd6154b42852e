"""The command line.  $ python -m ferkit --help"""

from typing import Annotated

import typer

from ferkit import __version__
from ferkit.cli.lazy import LazyGroup

__all__ = ["app"]

app = typer.Typer(
    cls=LazyGroup,
    help="Train, evaluate and explain facial-emotion classifiers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ferkit {__version__}")
        raise typer.Exit


@app.callback()
def ferkit(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Train, evaluate and explain facial-emotion classifiers."""
