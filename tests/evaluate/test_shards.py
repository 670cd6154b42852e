"""Shards: whatever their size, what is kept is the same as of all faces at once."""

import numpy as np
import pytest

from ferkit.evaluate.shards import answers
from ferkit.explain.mean_maps import mean_maps
from ferkit.predict.classifier import Classifier
from tests.untrained import noise, untrained


@pytest.mark.parametrize("shard", [32, 64, 1000])
def test_shards_give_what_all_faces_at_once_give(shard: int) -> None:
    faces, seen = noise(), list[tuple[int, int]]()
    classifier = Classifier.open(untrained(faces, "shards"))
    labels = faces.labels.astype(np.int64)
    whole = classifier.analyse(faces.images, labels)
    read = answers(classifier, faces.images, labels, lambda *done: seen.append(done), shard)
    np.testing.assert_array_equal(read.logits, whole.logits)
    np.testing.assert_array_equal(read.features, whole.features)
    assert whole.true_maps is not None
    expected = mean_maps(faces.images, labels, whole.logits.argmax(1), whole.maps, whole.true_maps, 3)
    assert read.cams.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(read.cams[name], values, atol=1e-3)
    assert seen[-1] == (90, 90) and [done for done, _ in seen] == sorted(done for done, _ in seen)
