"""What the two corrections of a person's readings do to drawn people, each at rest and with every emotion: as pictures,
and as frames of a video of each.

    $ python -m bench.neutral
    $ python -m bench.neutral --people 3     # does it run? no measurement

FER2013 has no persons. A person's own neutral is one picture of them at rest, or half a second of their video; a
typical one is that of the faces labelled neutral in the run's val. Each person poses anew for every picture.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from bench import timing
from bench.people import SIDE, at_rest_and_acting
from bench.timing import Report, Sample, combine
from ferkit import metrics, runs
from ferkit.errors import ConfigError
from ferkit.evaluate.logit_adjustment import effective_prior
from ferkit.evaluate.significance import mcnemar
from ferkit.faces import to_network
from ferkit.metrics.spread import wilson
from ferkit.predict.classifier import Classifier
from ferkit.predict.neutral import against_neutral, for_mix, log_mean, typical_neutral
from ferkit.runs import LOGIT, Run
from ferkit.videos import Writer, frames

__all__ = ["main", "measure"]

RUNS = ("demo", "compact-wild")
HELD = 5  # frames of a video for which a face is held
RATE = 10.0  # frames a second
WAYS = ("pictures", "video")


def measure(repeats: int, people: int) -> Report:
    """Accuracy of both runs on `people` drawn people, others at each repeat; intervals and p are of all together."""
    found = [runs.open_run(name) for name in RUNS if name in runs.names()]
    if not found:
        raise ConfigError(f"Expected one of the runs {', '.join(RUNS)} in checkpoints/, found none. Train demo first.")
    samples: list[Sample] = []
    notes = [f"{people} drawn people, each at rest and with every emotion; p: McNemar's exact test against as read"]
    for run in found:
        for way in WAYS:
            crowds = [_outcomes(run, way, people, seed) for seed in range(repeats)]
            before = np.concatenate([crowd["as read"] for crowd in crowds])
            for name in crowds[0]:
                parts = [crowd[name] for crowd in crowds]
                samples.append(combine(f"{run.name}, {way}: {name}", "%", [100 * part.mean() for part in parts]))
                notes.append(f"{samples[-1].what}: {_spread(np.concatenate(parts), before)}")
    return Report("neutral", repeats, samples, notes=notes, packages=("torch", "numpy", "av"))


def _spread(right: np.ndarray, before: np.ndarray) -> str:
    low, high = wilson(right.sum(), np.array(len(right)))
    p = mcnemar(int((right & ~before).sum()), int((before & ~right).sum()))
    return f"[{100 * low:.1f}, {100 * high:.1f}], p = {p:.2g}"


def _outcomes(run: Run, way: str, people: int, seed: int) -> dict[str, np.ndarray]:
    """Which readings are right, bool (N,): as read, and with each correction."""
    classifier, labels = Classifier.open(run), np.tile(np.arange(len(run.classes)), people)
    resting, acting = at_rest_and_acting(run.classes, people, seed)
    read = classifier.probabilities
    shown = np.stack([_seen(face, classifier) for face in _through(way, resting, acting)])
    parts = shown.reshape(people, len(run.classes) + 1, -1, *shown.shape[1:])
    own = np.stack([log_mean(read(rest)) for rest in parts[:, 0]]).repeat(len(run.classes), 0)
    plain = read(parts[:, 1:, parts.shape[2] // 2].reshape(-1, *shown.shape[1:]))
    frame = run.results(run.dataset).predictions("val")
    logits = frame[[LOGIT + name for name in run.classes]].to_numpy(np.float64)
    typical = typical_neutral(metrics.softmax(logits, run.temperature), frame["label"].to_numpy(), run.classes)
    assert typical is not None
    mixed = np.full(len(run.classes), 1 / len(run.classes))
    trained = effective_prior(run, run.classes)
    corrected = np.concatenate([against_neutral(plain[i : i + 1], own[i], typical) for i in range(len(plain))])
    results = {
        "as read": plain,
        "against their neutral": corrected,
        "equally frequent": for_mix(plain, trained, mixed),
        "both": for_mix(corrected, trained, mixed),
    }
    return {name: p.argmax(1) == labels for name, p in results.items()}


def _through(way: str, resting: np.ndarray, acting: np.ndarray) -> Iterator[np.ndarray]:
    """Each person at rest, then with each emotion: once as a picture, or as `HELD` frames of a video, coded and decoded
    again."""
    each = len(acting) // len(resting)
    for i, rest in enumerate(resting):
        faces = [rest, *acting[i * each : (i + 1) * each]]
        yield from faces if way == "pictures" else _filmed(faces)


def _filmed(faces: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    writer = Writer(SIDE, SIDE, RATE)
    for i, face in enumerate(face for face in faces for _ in range(HELD)):
        writer.write(i / RATE, face)
    decoded = [picture for _, picture in frames(writer.close(), SIDE)]
    if len(decoded) != HELD * len(faces):
        raise ConfigError(f"Expected {HELD * len(faces)} frames of a video, got {len(decoded)}. Update av.")
    yield from decoded


def _seen(face: np.ndarray, classifier: Classifier) -> np.ndarray:
    return to_network(face, classifier.input.size, classifier.input.channels)


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=1, people=80)


if __name__ == "__main__":
    main()
