"""The map at the command line: drawn after the scores are stored, with a bar where there is a terminal."""

from rich.progress import TaskProgressColumn

from ferkit.cli.bar import progress_bar
from ferkit.evaluate.maps import draw_map
from ferkit.runs import Run

__all__ = ["draw_with_bar"]


def draw_with_bar(run: Run, split: str, dataset: str | None = None, *, only_tsne: bool = False) -> Run:
    """Draw the map of a split; returns the run as it is then. Before UMAP counts its epochs, and while t-SNE is drawn
    after it, the bar only moves."""
    with progress_bar(TaskProgressColumn()) as bar:
        task = bar.add_task("Drawing the map (Ctrl-C leaves it out)", total=None)

        def progress(stage: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total if 0 < done < total else None)

        return draw_map(run, split, dataset, progress, only_tsne=only_tsne)
