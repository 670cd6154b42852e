"""Draw a map at the command line.  $ python -m ferkit map RUN"""

from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `map` on the main app."""
    app.command("map")(report_errors(draw))


def draw(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all; it must have been evaluated.")] = "val",
    only_tsne: Annotated[
        bool, typer.Option("--only-tsne", help="Draw t-SNE alone and leave UMAP and PCA as they are.")
    ] = False,
) -> None:
    """Draw the map of an evaluated split again, by UMAP, PCA and t-SNE; needs neither weights nor images."""
    opened, console = runs.open_run(run), Console()
    from ferkit.cli.drawing import draw_with_bar
    from ferkit.embed.layouts import LEAST, by_umap

    drawn = draw_with_bar(opened, split, data, only_tsne=only_tsne)
    results = drawn.results(data)
    console.print(f"{cell(results.path.name)}/{split}-map.parquet is written.", highlight=False)
    if not by_umap(results.layout(split)):
        console.print(f"The map is a PCA: UMAP needs {LEAST} faces that do not lie on one line.")
