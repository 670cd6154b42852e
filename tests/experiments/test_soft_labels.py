"""Soft labels written from runs and files: whose probabilities they are, and that a student reads them back."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.experiments.ensemble import join
from ferkit.experiments.soft_labels import soft_labels, write_soft_labels
from ferkit.predict.classifier import Classifier
from ferkit.runs import open_run
from ferkit.train import soft_label_file
from ferkit.train.config import Augment, parse
from ferkit.train.fit import fit
from tests.worlds import tiny_faces

SMALL = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 6, "precision": "float32", "ema": 0}


@pytest.fixture(scope="module")
def faces() -> Faces:
    return tiny_faces()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, faces: Faces) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for seed, crop in enumerate((40, 44)):
        fit(parse(SMALL | {"seed": seed, "augment": {"crop": crop}}), faces, folder / f"teacher-{seed}")
    return folder


@pytest.fixture(autouse=True)
def place(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where two teachers lie, and an empty folder for the files."""
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(trained))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_views_they_are_the_mean_of_the_runs_probabilities(faces: Faces) -> None:
    images = faces.split("train").images
    each = [metrics.softmax(Classifier.open(open_run(f"teacher-{i}")).logits(images)) for i in (0, 1)]
    mean = soft_labels(["teacher-0", "teacher-1"], faces)
    np.testing.assert_allclose(mean, (each[0] + each[1]) / 2, atol=0.01)  # bfloat16 where the processor has it
    assert np.abs(each[0] - each[1]).max() > 0.02  # so that a mean differs from either


def test_views_are_averaged_and_reported(faces: Faces) -> None:
    seen: list[tuple[int, int]] = []
    still = Augment(rotate=0, scale=0, shift=0, flip=0, light=0, erase=0)
    turned = soft_labels(
        ["teacher-0"], faces, views=3, augment=Augment(rotate=90), progress=lambda *at: seen.append(at)
    )
    n = len(faces.split("train"))
    assert seen[-1] == (3 * n, 3 * n)
    centred = soft_labels(["teacher-0"], faces, views=2, augment=replace(still, centre=True))
    np.testing.assert_allclose(centred, soft_labels(["teacher-0"], faces), atol=0.02)
    assert np.abs(turned - centred).max() > 0.02
    np.testing.assert_allclose(turned.sum(1), 1, atol=1e-3)


def test_a_file_written_is_read_back_and_joins_runs_as_a_teacher(place: Path, faces: Faces) -> None:
    train = faces.split("train")
    first = soft_labels(["teacher-0"], faces)
    write_soft_labels(place / "first.csv", faces, first)
    read = soft_label_file.read(str(place / "first.csv"), train)
    assert read.coverage == 1
    np.testing.assert_allclose(metrics.softmax(read.log_probabilities * read.temperature), first, atol=2e-4)
    both = soft_labels([str(place / "first.csv"), "teacher-1"], faces)
    np.testing.assert_allclose(both, (first + soft_labels(["teacher-1"], faces)) / 2, atol=2e-4)


def test_a_file_counts_for_the_faces_that_it_covers(place: Path, faces: Faces) -> None:
    write_soft_labels(place / "all.csv", faces, soft_labels(["teacher-0"], faces))
    pd.read_csv(place / "all.csv").head(10).to_csv(place / "ten.csv", index=False)
    with pytest.raises(ConfigError, match="No teacher covers"):
        soft_labels([str(place / "ten.csv")], faces)
    alone, joined = soft_labels(["teacher-1"], faces), soft_labels([str(place / "ten.csv"), "teacher-1"], faces)
    np.testing.assert_array_equal(joined[10:], alone[10:])
    assert np.abs(joined[:10] - alone[:10]).max() > 1e-3


def test_a_run_that_lacks_a_class_is_refused(faces: Faces) -> None:
    with pytest.raises(RunError, match="cannot teach"):
        soft_labels(["teacher-0"], replace(faces, classes=(*faces.classes[:-1], "other")))


def test_a_run_that_reads_other_images_is_refused(faces: Faces) -> None:
    with pytest.raises(ConfigError, match="reads gray faces, but 'tiny' has colour ones"):
        soft_labels(["teacher-0"], tiny_faces(colour=True))
    join([open_run("teacher-0"), open_run("teacher-1")], "both", force=True)  # with crops of different sizes
    with pytest.raises(ConfigError, match="name its members"):
        soft_labels(["both"], faces)
