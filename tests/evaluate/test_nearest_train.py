"""The nearest training faces of a split: found as scikit-learn finds them, stored, and read as untrusted."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from ferkit.data.faces import Faces
from ferkit.errors import DataError, RunError
from ferkit.evaluate.evaluation import evaluate
from ferkit.evaluate.nearest_train import find_nearest, store_nearest
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run
from ferkit.runs.nearest import NearestTrain, read_nearest


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 12)).astype(np.float32), rng.integers(0, 3, n)


def test_neighbours_are_those_of_scikit_learn() -> None:
    (train, labels), (faces, own) = drawn(200, 0), drawn(40, 1)
    found = find_nearest(faces, own, train, labels, 3)
    distance, rows = NearestNeighbors(n_neighbors=5, metric="cosine").fit(train).kneighbors(faces)
    np.testing.assert_allclose(found.distance, distance, atol=1e-5)
    assert (found.rows == rows).all() and (found.labels == labels[rows]).all()
    for c in range(3):
        among = np.flatnonzero(labels == c)
        gap, first = NearestNeighbors(n_neighbors=1, metric="cosine").fit(train[among]).kneighbors(faces[own == c])
        assert (found.true_rows[own == c] == among[first[:, 0]]).all()
        np.testing.assert_allclose(found.true_distance[own == c], gap[:, 0], atol=1e-5)
    assert found.far == pytest.approx(np.quantile(distance[:, 4], 0.99), abs=1e-5)


def test_a_training_face_is_not_its_own_neighbour() -> None:
    train, labels = drawn(60, 0)
    train[1] = train[0]  # a duplicate is one
    found = find_nearest(train[:20], labels[:20], train, labels, 3, np.arange(20))
    assert not (found.rows == np.arange(20)[:, None]).any() and found.rows.shape == (20, 5)
    assert found.rows[0, 0] == 1 and found.rows[1, 0] == 0 and found.distance[0, 0] == pytest.approx(0, abs=1e-6)
    assert (found.true_rows != np.arange(20)).all()


def test_fewer_training_faces_than_neighbours_and_a_class_without_any() -> None:
    train, _ = drawn(3, 0)
    faces, _ = drawn(4, 1)
    found = find_nearest(faces, np.array([0, 1, 2, 3]), train, np.zeros(3, int), 4)
    assert found.rows.shape == (4, 3)
    assert found.true_rows.tolist()[1:] == [-1, -1, -1] and np.isnan(found.true_distance[1:]).all()


def test_it_is_stored_small_and_read_back(run: Run, faces: Faces) -> None:
    evaluate(run, faces, "val", maps=False)
    done: list[tuple[int, int]] = []
    found = store_nearest(run, faces, "val", progress=lambda *now: done.append(now))
    train = faces.split("train")
    assert done[-1] == (len(train), len(train)) and found.n == len(train)
    assert (found.data, found.fingerprint) == (faces.name, faces.fingerprint)
    known = Classifier.open(run).analyse(train.images).features.astype(np.float32)
    queries = run.results().features("val").astype(np.float32)
    distance, _ = NearestNeighbors(n_neighbors=5, metric="cosine").fit(known).kneighbors(queries)
    np.testing.assert_allclose(found.distance, distance, atol=2e-3)
    assert found.distance[-1, 0] == pytest.approx(0, abs=1e-3)  # its pixels are also in train
    assert (found.labels == train.labels[found.rows]).all()


def test_a_dataset_that_it_was_not_trained_on_is_refused(run: Run, faces: Faces, make_faces) -> None:
    with pytest.raises(DataError, match="Import the original again"):
        store_nearest(run, make_faces(seed=1), "val")
    with pytest.raises(RunError, match="evaluate RUN"):
        store_nearest(run, faces, "val")


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, NearestTrain]:
    (train, labels), (faces, own) = drawn(50, 0), drawn(10, 1)
    return tmp_path / "val-nearest.npz", find_nearest(faces, own, train, labels, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": np.full((10, 5), 50)},
        {"rows": np.zeros((9, 5), int)},
        {"labels": np.full((10, 5), 3)},
        {"true_rows": np.full(10, -2)},
        {"distance": np.full((10, 5), np.nan)},
        {"true_distance": np.zeros(3)},
        {"centres": np.zeros((0, 12), np.float16)},
        {"centre_labels": np.zeros(1, int)},
        {"far": np.array(np.inf)},
        {"fingerprint": np.array("a\nb")},
        {"n": np.array(-3)},
    ],
)
def test_a_broken_file_is_one_sentence(stored: tuple[Path, NearestTrain], change: dict[str, np.ndarray]) -> None:
    path, found = stored
    fine = {one.name: np.asarray(getattr(found, one.name)) for one in fields(found)}
    np.savez(path, **fine)
    assert read_nearest(path, 3, 10).n == 50
    np.savez(path, **(fine | change))
    with pytest.raises(RunError, match="cannot be used"):
        read_nearest(path, 3, 10)
    del fine["rows"]
    np.savez(path, **fine)
    with pytest.raises(RunError, match="it has no"):
        read_nearest(path, 3)
    path.write_bytes(b"no archive")
    with pytest.raises(RunError, match="cannot be used"):
        read_nearest(path, 3)


def test_faces_of_another_number_are_refused(stored: tuple[Path, NearestTrain]) -> None:
    path, found = stored
    np.savez(path, **vars(replace(found, data="d", fingerprint="f")))
    with pytest.raises(RunError, match="expected 11 faces, got 10"):
        read_nearest(path, 3, 11)
