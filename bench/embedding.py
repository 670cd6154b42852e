"""A new face is placed on a map of 35,887 faces within 100 ms, by its nearest neighbours.

$ python -m bench.embedding
$ python -m bench.embedding --faces 300 --arranged 250 --repeats 1     # does it run? no measurement
"""

from collections.abc import Sequence

import numpy as np

from bench import timing
from bench.timing import Claim, Report, combine, stopwatch
from ferkit.embed.layouts import tsne
from ferkit.embed.neighbours import nearest, place
from ferkit.embed.overlap import mixing

__all__ = ["main", "measure"]

WIDTH = 128  # features of a face, as most shipped runs have
LAYOUTS = 3
CLASSES = 7
PLACED = 100.0  # milliseconds


def measure(repeats: int, faces: int, arranged: int) -> Report:
    """Features in float16, as they are stored, around a middle per class; t-SNE of the first `arranged`, once."""
    rng = np.random.default_rng(0)
    labels = rng.integers(CLASSES, size=faces)
    features = (rng.normal(size=(CLASSES, WIDTH))[labels] + rng.normal(size=(faces, WIDTH))).astype(np.float16)
    places = rng.normal(size=(faces, 2 * LAYOUTS)).astype(np.float32)
    query = features[0] + np.float16(0.1)
    works = {
        f"a face placed on {LAYOUTS} layouts of {faces:,} faces": lambda: place(features, places, query),
        f"the 12 faces nearest to it among {faces:,}": lambda: nearest(features, query, 12),
        f"how far {CLASSES} classes overlap among {faces:,} faces": lambda: mixing(features, labels, CLASSES),
    }
    seconds = timing.alternate(works, repeats)
    samples = [combine(what, "ms", [1000 * value for value in values]) for what, values in seconds.items()]
    once = stopwatch(lambda: tsne(features[:arranged], 0))
    samples.append(combine(f"t-SNE of {min(arranged, faces):,} faces, on one core", "s", [once]))
    claim = Claim(f"a photo placed on a map of {faces:,} faces", samples[0].median, PLACED, "ms")
    return Report(
        "embedding", repeats, samples, [claim], [f"made-up features, {WIDTH} a face"], ("numpy", "scikit-learn")
    )


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, faces=35_887, arranged=3589)


if __name__ == "__main__":
    main()
