"""Faces read by the workers of Ray are stored and scored as those that are read here. Ray itself is an extra."""

import sys

import numpy as np
import pytest

from ferkit.errors import ConfigError
from ferkit.evaluate import on_ray
from ferkit.evaluate.shards import answers
from ferkit.predict.classifier import Classifier
from tests.untrained import noise, untrained


def test_without_ray_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"needs ray: pip install 'ferkit\[ray\]'"):
        on_ray.workers("auto")


@pytest.mark.filterwarnings("default")
def test_workers_give_what_one_process_gives() -> None:
    pytest.importorskip("ray")
    faces, seen = noise(), list[tuple[int, int]]()
    classifier = Classifier.open(untrained(faces, "ray"))
    labels = faces.labels.astype(np.int64)
    here = answers(classifier, faces.images, labels, shard=32)
    where = on_ray.workers(on_ray.LOCAL) | {"shard": 32}
    there = answers(classifier, faces.images, labels, lambda *done: seen.append(done), **where)
    np.testing.assert_allclose(there.logits, here.logits, atol=1e-5)
    np.testing.assert_allclose(there.features, here.features, atol=1e-3)
    for name, values in here.cams.items():
        np.testing.assert_allclose(there.cams[name], values, atol=1e-3)
    assert seen == [(32, 90), (64, 90), (90, 90)]


@pytest.mark.filterwarnings("default")
def test_a_cluster_that_does_not_answer_is_one_sentence() -> None:
    pytest.importorskip("ray")
    with pytest.raises(ConfigError, match="Expected a Ray cluster at a:b"):
        on_ray.workers("a:b")
    with pytest.raises(ConfigError, match=r"Expected a Ray cluster at 127\.0\.0\.1:1, but none answers"):
        on_ray.workers("127.0.0.1:1")
