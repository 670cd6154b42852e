"""Face detection at the command line.  $ python -m ferkit faces get-detector [--from FILE]"""

from pathlib import Path
from typing import Annotated

import typer

from ferkit.cli.errors import report_errors
from ferkit.text import printable

__all__ = ["app"]

app = typer.Typer(help="Get the detector that finds most faces.", no_args_is_help=True)


@app.callback()
def faces() -> None:
    """Get the detector that finds most faces."""


@app.command("get-detector")
@report_errors
def get_detector(
    source: Annotated[
        Path | None, typer.Option("--from", help="Take the file from here, without a network.", metavar="FILE")
    ] = None,
) -> None:
    """Fetch YuNet's file, check its sha256 and keep it in data/models/."""
    from ferkit.faces.yunet import get_yunet, yunet_file

    found = yunet_file()
    if found is not None and source is None:
        print(f"YuNet is there: {printable(str(found))}")
        return
    print(f"YuNet is kept as {printable(str(get_yunet(source)))}")
