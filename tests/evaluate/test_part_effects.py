"""What each class owes to the parts of a face: measured by `explain`, with intervals, stored and read as untrusted."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate.explaining import draw_sample
from ferkit.evaluate.part_effects import bootstrap, mean_faces_of, measure_parts
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.part_effects import PartEffects, read_effects
from ferkit.explain.parts import changes
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run


def measured(run: Run, faces: Faces) -> tuple[PartEffects, np.ndarray, np.ndarray]:
    """The stored effects, the single changes (N, 1 + C, R, C) and the true classes."""
    import torch

    part, classifier = faces.split("val"), Classifier.open(run)
    sample = draw_sample(run, classifier, part, 6, 0)
    masks = face_regions(part.images.mean(0)).masks
    measure_parts(run, classifier, part, "val", sample, masks)
    means = mean_faces_of(part.images, part.labels, len(run.classes))
    each = changes(sample.model, sample.x, classifier.prepare(means), torch.from_numpy(masks))
    return read_effects(run.path, "val", len(run.classes)), each.numpy(), sample.true.numpy()


def test_means_and_intervals_are_those_of_the_faces_of_each_class(run: Run, faces: Faces) -> None:
    found, each, true = measured(run, faces)
    for c in range(3):
        np.testing.assert_allclose(found.hidden[0, c], each[true == c, 0].mean(0), atol=1e-6)
        for d in range(3):
            np.testing.assert_allclose(found.taken[0, c, d], each[true == c, 1 + d, :, d].mean(0), atol=1e-6)
    assert (found.hidden[1] <= found.hidden[0] + 1e-7).all() and (found.hidden[0] <= found.hidden[2] + 1e-7).all()
    assert found.n.tolist() == np.bincount(true, minlength=3).tolist()
    assert found.mean_faces.shape[0] == 4 and found.masks.shape[0] == len(REGIONS)


def test_the_interval_is_that_of_scipy() -> None:
    values = np.random.default_rng(0).normal(0.1, 0.2, 40)
    mean, low, high = bootstrap(values[:, None], np.random.default_rng(0))[:, 0]
    expected = scipy_bootstrap((values,), np.mean, n_resamples=5000, method="percentile", random_state=0)
    assert mean == pytest.approx(values.mean())
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval), abs=0.015)
    assert np.isnan(bootstrap(np.empty((0, 2)), np.random.default_rng(0))).all()
    assert np.isnan(bootstrap(np.ones((1, 2)), np.random.default_rng(0))[1:]).all()


@pytest.mark.parametrize("change", [
    {"hidden": np.zeros((3, 3, 7, 2), np.float32)},
    {"taken": np.full((3, 3, 3, 7), 2.0)},
    {"n": np.zeros(3)},
    {"masks": np.zeros((7, 4, 4))},
    {"mean_faces": np.zeros((4, 5, 5), np.uint8)},
])  # fmt: skip
def test_a_broken_file_is_one_sentence(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    fine: dict[str, np.ndarray] = {
        "hidden": np.zeros((3, 3, 7, 3), np.float32),
        "taken": np.zeros((3, 3, 3, 7), np.float32),
        "n": np.zeros(3, int),
        "masks": np.zeros((7, 4, 4), bool),
        "mean_faces": np.zeros((4, 4, 4), np.uint8),
    }
    assert set(fine) == {one.name for one in fields(PartEffects)}
    with pytest.raises(RunError, match="ferkit explain RUN"):
        read_effects(tmp_path, "val", 3)
    np.savez(tmp_path / "val-parts.npz", **fine)
    assert read_effects(tmp_path, "val", 3).n.sum() == 0
    np.savez(tmp_path / "val-parts.npz", **(fine | change))
    with pytest.raises(RunError, match="cannot be used"):
        read_effects(tmp_path, "val", 3)
