"""Whether a person who comes back is known by looks, and whether they would be by the features of a network that reads
emotions.

    $ python -m bench.same_face
    $ python -m bench.same_face --people 5     # does it run? no measurement

Each drawn person is seen once at rest and once happy, posed anew. Of all pairs of one picture at rest and one happy,
some are of one person.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

from bench import subjects, timing
from bench.people import SIDE, at_rest_and_acting
from bench.timing import Report, combine
from ferkit.faces import Box, to_network
from ferkit.predict.same_face import ALIKE, distances, looks

__all__ = ["main", "measure"]

EMOTIONS = ("neutral", "happy")
FACE = Box(SIDE // 6, SIDE // 6, SIDE * 2 // 3, SIDE * 2 // 3, 1.0)  # its looks are those of the whole picture


def measure(repeats: int, people: int) -> Report:
    """How often a pair of one person is closer than a pair of two, by looks and by features; which pairs are joined at
    the distance in use. Other people at each repeat."""
    classifier, network = subjects.photo_classifier()
    values: dict[str, list[float]] = {}
    for seed in range(repeats):
        resting, acting = at_rest_and_acting(EMOTIONS, people, seed)
        pictures = np.concatenate([resting, acting[1::2]])
        apart = distances(np.stack([looks(picture, FACE) for picture in pictures]))[:people, people:]
        shape = classifier.input
        read = np.stack([to_network(picture, shape.size, shape.channels) for picture in pictures])
        features = classifier.analyse(read).features
        one = np.eye(people, dtype=bool)
        for name, value in {
            "by looks, a pair of one person is closer": roc_auc_score(one.ravel(), -apart.ravel()),
            "by features, a pair of one person is closer": roc_auc_score(
                one.ravel(), cosine_similarity(features[:people], features[people:]).ravel()
            ),
            "joined by looks, of the pairs of one person": (apart[one] <= ALIKE).mean(),
            "joined by looks, of the pairs of two": (apart[~one] <= ALIKE).mean(),
        }.items():
            values.setdefault(name, []).append(100 * float(value))
    samples = [combine(name, "%", found) for name, found in values.items()]
    return Report("same_face", repeats, samples, notes=[f"{people} drawn people, {network}"], packages=("torch",))


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, people=80)


if __name__ == "__main__":
    main()
