"""Wrong labels found by confident learning: what share of the first k faces of the ranking does the crowd outvote?

A label counts as wrong where another choice has more of FER+'s votes. Beside the ranking stand a random one, one by
loss (which is one by self-confidence) and one by how unsure the prediction is; each shipped run scored on val is one
value.

$ python -m bench.label_issues
$ python -m bench.label_issues --faces 200 --k 20 --repeats 1     # does it run? no measurement
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from bench import timing
from bench.timing import Claim, Report, Sample, combine
from ferkit import metrics, runs
from ferkit.audit import crowd
from ferkit.audit.label_issues import find, precision_at, rank, self_confidence
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.data.synthetic import draw
from ferkit.errors import FerkitError

__all__ = ["main", "measure"]

DATASET, SPLIT = "fer2013", "val"
FLIPPED = 0.15  # share of the labels of drawn faces that are made wrong
TIMES = 1.5  # as precise as a random ranking, at least
PACKAGES = ("cleanlab", "numpy", "scikit-learn")

Labelled = tuple[str, np.ndarray, np.ndarray, np.ndarray]  # run, labels (N,), probabilities (N, C), wrong (N,)


def measure(repeats: int, faces: int, k: int) -> Report:
    """Precision at k of each ranking, a value per run; `repeats` runs at most, `faces` drawn ones where FER2013 with
    votes is not here."""
    labelled, note = _labelled(repeats, faces)
    samples = [
        combine(f"precision at {k:,}, {name}", "share", [_precision(order, one, k) for one in labelled])
        for name, order in ORDERS.items()
    ]
    shares = [wrong.mean() for _, _, _, wrong in labelled]
    samples.append(combine("share of labels that are wrong", "share", shares))
    samples.append(combine("suspects", "faces", [float(find(one[1], one[2]).suspect.sum()) for one in labelled]))
    samples.append(combine("precision of all suspects", "share", [_of_suspects(one) for one in labelled]))
    samples.append(_agreement(labelled))
    by_learning, at_random = samples[0].median, samples[len(ORDERS) - 1].median
    claim = Claim(
        f"precision at {k:,} of confident learning, against a random ranking",
        by_learning / max(at_random, 1e-9), TIMES, "x", least=True,
    )  # fmt: skip
    notes = [note, "runs: " + ", ".join(name for name, *_ in labelled), "probabilities are of faces not trained on"]
    return Report("label_issues", repeats, samples, [claim], notes, PACKAGES)


def _random(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return np.random.default_rng(int(1e9 * probabilities[0, 0])).permutation(len(labels))


ORDERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "confident learning": rank,
    "confident learning, by margin": lambda labels, p: rank(labels, p, "normalized margin"),
    "largest loss": lambda labels, p: np.argsort(self_confidence(labels, p), kind="stable"),
    "least confident prediction": lambda labels, p: np.argsort(p.max(1), kind="stable"),
    "random": _random,
}


def _precision(order: Callable[[np.ndarray, np.ndarray], np.ndarray], run: Labelled, k: int) -> float:
    _, labels, probabilities, wrong = run
    return precision_at(order(labels, probabilities), wrong, k)


def _of_suspects(run: Labelled) -> float:
    _, labels, probabilities, wrong = run
    suspect = find(labels, probabilities).suspect
    return float(wrong[suspect].mean()) if suspect.any() else 0.0


def _agreement(labelled: Sequence[Labelled]) -> Sample:
    """Share of the faces on which cleanlab says the same."""
    from cleanlab.filter import find_label_issues

    same = [
        (find_label_issues(labels, p, filter_by="confident_learning", n_jobs=1) == find(labels, p).suspect).mean()
        for _, labels, p, _ in labelled
    ]
    return combine("faces on which cleanlab says the same", "share", same)


def _labelled(most: int, n: int) -> tuple[list[Labelled], str]:
    voted = store.load(DATASET) if DATASET in store.names() else None
    found = crowd.of_faces(voted) if voted is not None else None
    if voted is None or found is None:
        return [
            _drawn(n)
        ], f"{n:,} drawn faces, {FLIPPED:.0%} of their labels made wrong: no {DATASET} with votes is here"
    shipped = list(_shipped(voted, found))[:most]
    if not shipped:
        raise FerkitError(f"No run was scored on {SPLIT} of {DATASET}: python -m ferkit evaluate RUN")
    return shipped, f"{SPLIT} of {DATASET}, the label outvoted in FER+"


def _shipped(faces: Faces, found: crowd.Crowd) -> Iterator[Labelled]:
    """Every readable run that was scored on val of this dataset, and is no part of another experiment."""
    for name in runs.names():
        try:
            run = runs.open_run(name)
            if run.manifest.data.fingerprint != faces.fingerprint or SPLIT not in run.manifest.scores:
                continue
            table, logits = run.results().predictions(SPLIT), run.results().logits(SPLIT)
        except FerkitError:
            continue
        labels = table["label"].to_numpy(np.int64)
        voted = found.select(pd.Index(faces.ids).get_indexer(table["id"].to_numpy()))
        keep = voted.total > 0
        yield name, labels[keep], metrics.softmax(logits, run.temperature)[keep], voted.disputes(labels)[keep]


def _drawn(n: int) -> Labelled:
    """Drawn faces with some labels flipped, predicted out of fold from the distance to the mean face of each class."""
    faces, rng = draw(n, name="bench faces"), np.random.default_rng(0)
    true, classes = faces.labels.astype(np.int64), len(faces.classes)
    wrong = rng.random(n) < FLIPPED
    labels = np.where(wrong, (true + rng.integers(1, classes, n)) % classes, true)
    pixels = faces.images.reshape(n, -1).astype(np.float64) / 255
    fold, probabilities = rng.integers(0, 5, n), np.empty((n, classes))
    for k in range(5):
        inside = fold != k
        means = np.stack([pixels[inside & (labels == c)].mean(0) for c in range(classes)])
        distance = ((pixels[~inside, None] - means) ** 2).mean(2)
        probabilities[~inside] = metrics.softmax(-distance / distance.std())
    return "mean faces", labels, probabilities, wrong


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=30, faces=700, k=100)


if __name__ == "__main__":
    main()
