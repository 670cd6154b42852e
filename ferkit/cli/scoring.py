"""What follows a training: scores on val at once, then the map, which takes longer."""

from rich.console import Console

from ferkit.cli.drawing import draw_with_bar
from ferkit.cli.text import val_line
from ferkit.data.faces import Faces
from ferkit.embed.layouts import LEAST
from ferkit.evaluate.evaluation import evaluate
from ferkit.runs import Run, Scores

__all__ = ["score_on_val"]


def score_on_val(console: Console, run: Run, faces: Faces, *, maps: bool = True) -> Scores:
    """Score `run` on val, print a line, then draw the map unless `maps=False`; an interrupt there loses no score."""
    with console.status("Scoring on val …"):
        scores = evaluate(run, faces, "val", maps=False)
    console.print(val_line(run.name, scores), soft_wrap=True)
    if maps:
        draw_with_bar(run, "val")
        if scores.n < LEAST:
            console.print(f"The map is a PCA: UMAP needs {LEAST} faces, and val has {scores.n}.")
    return scores
