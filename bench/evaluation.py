"""Scoring a run: 7,178 faces with a run under 500,000 parameters in at most 5 s, heat maps included, the UMAP map left
out.

$ python -m bench.evaluation
$ python -m bench.evaluation --faces 200 --repeats 1     # does it run? no measurement
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import subjects, timing
from bench.timing import Claim, Report, combine
from ferkit.evaluate.evaluation import evaluate
from ferkit.evaluate.labels import label_map
from ferkit.predict.classifier import Classifier

__all__ = ["main", "measure"]

LIMIT = 5.0  # seconds
PACKAGES = ("torch", "numpy", "pandas")


def measure(repeats: int, faces: int) -> Report:
    """All of `evaluate`, and its parts one by one, in turn."""
    part, note = subjects.faces(faces, "val")
    subject = subjects.subject()
    labels = label_map(subject.classifier.classes, part.classes)[part.labels]
    with tempfile.TemporaryDirectory() as folder:
        run = subjects.as_run(subject, part, Path(folder) / subjects.RECIPE)
        classifier = Classifier.open(run)
        seconds = timing.alternate(
            {
                "all": lambda: evaluate(run, part, "val", maps=False),
                "open": lambda: Classifier.open(run),
                "logits": lambda: classifier.logits(part.images),
                "maps": lambda: classifier.analyse(part.images),
                "both": lambda: classifier.analyse(part.images, labels),
            },
            repeats,
        )
    total = combine(f"evaluate {faces:,} faces, all of it", "s", seconds["all"])
    claim = Claim(f"evaluate {faces:,} faces, {subjects.RECIPE}, no UMAP", total.median, LIMIT, "s")
    return Report("evaluation", repeats, [total, *_parts(seconds)], [claim], [subject.note, note], PACKAGES)


def _parts(seconds: dict[str, list[float]]) -> list[timing.Sample]:
    """What each step adds, repeat by repeat."""

    def added(what: str, more: str, *less: str) -> timing.Sample:
        columns = zip(seconds[more], *(seconds[name] for name in less), strict=True)
        return combine(what, "s", [first - sum(rest) for first, *rest in columns])

    return [
        added("  open the network", "open"),
        added("  logits: the forward pass alone", "logits"),
        added("  + features and heat maps of the predicted class", "maps", "logits"),
        added("  + heat maps of the true class, where it is another", "both", "maps"),
        added("  + scores with intervals, mean heat maps, files", "all", "both", "open"),
    ]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, faces=7178)


if __name__ == "__main__":
    main()
