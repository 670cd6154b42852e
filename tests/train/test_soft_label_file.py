"""Soft labels from a file: which row is whose, what is refused, how confident it may be, how it teaches with others."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError
from ferkit.models import Input
from ferkit.train import soft_label_file, teachers
from ferkit.train.config import parse
from ferkit.train.soft_labels import label_log_probabilities
from ferkit.train.targets import Targets
from tests.worlds import tiny_faces

CPU, SHAPE = torch.device("cpu"), Input(48, 1, (0.5,), (0.25,))
Write = Callable[..., str]


@pytest.fixture(scope="module")
def train() -> Faces:
    """Training faces on which a crowd voted, in a dataset that names its files."""
    faces = tiny_faces()
    votes = np.random.default_rng(0).multinomial(10, [0.5, 0.3, 0.2], len(faces)).astype(np.uint8)
    ids = np.array([f"{split}/face_{i}.png" for i, split in enumerate(faces.splits)])
    return replace(faces, votes=votes, vote_names=("a", "b", "c"), ids=ids).split("train")


@pytest.fixture
def write(tmp_path: Path, train: Faces) -> Write:
    """A file of probabilities (N, classes), rows as in train; calibrated ones by default."""

    def written(
        values: np.ndarray | None = None, key: str = "file", keys: np.ndarray | None = None, name: str = "soft.csv"
    ) -> str:
        table = pd.DataFrame(calibrated(train) if values is None else values, columns=list(train.classes))
        table.insert(0, key, train.ids if keys is None else keys)
        table.to_csv(tmp_path / name, index=False)
        return str(tmp_path / name)

    return written


def calibrated(faces: Faces) -> np.ndarray:
    """Probabilities (N, classes) of 0.75 on one class, which is the label in three quarters of the rows."""
    classes = len(faces.classes)
    likely = np.where(np.arange(len(faces)) % 4 == 0, (faces.labels + 1) % classes, faces.labels)
    return np.where(np.arange(classes) == likely[:, None], 0.75, 0.25 / (classes - 1))


def test_rows_are_found_by_id_in_any_order_and_columns_by_class(write: Write, train: Faces) -> None:
    p = np.random.default_rng(1).dirichlet(np.full(len(train.classes), 5.0), len(train))
    order = np.random.default_rng(2).permutation(len(train))
    path = write(p[order], "id", train.ids[order])
    shuffled = pd.read_csv(path).iloc[:, [0, *range(len(train.classes), 0, -1)]]
    shuffled.rename(columns=str.upper).rename(columns={"ID": "id"}).to_csv(path, index=False)
    labels = soft_label_file.read(path, train)
    assert labels.coverage == 1
    expected = torch.softmax(torch.from_numpy(np.log(p) / labels.temperature), 1)
    softened = torch.from_numpy(labels.log_probabilities).softmax(1).double()
    torch.testing.assert_close(softened, expected, atol=1e-5, rtol=0)


def test_a_file_name_alone_is_enough_where_it_is_unique(write: Write, train: Faces) -> None:
    last = np.array([name.rsplit("/")[-1] for name in train.ids])
    assert soft_label_file.read(write(keys=last), train).coverage == 1
    ambiguous = replace(train, ids=np.array([f"{i}/face.png" for i in range(len(train))]))
    with pytest.raises(ConfigError, match="covers none of the faces"):
        soft_label_file.read(write(keys=np.array([f"other/{name}" for name in train.ids])), ambiguous)


def test_an_overconfident_file_is_softened_and_a_calibrated_one_is_not(write: Write, train: Faces) -> None:
    assert soft_label_file.read(write(), train).temperature == pytest.approx(1, abs=0.05)
    confident = calibrated(train) ** 3
    softer = soft_label_file.read(write(confident / confident.sum(1, keepdims=True)), train)
    assert softer.temperature == pytest.approx(3, rel=0.05)
    p = torch.from_numpy(softer.log_probabilities).softmax(1)
    torch.testing.assert_close(p, torch.from_numpy(calibrated(train)).float(), atol=0.02, rtol=0)


@pytest.mark.parametrize("folder", ["FERKIT_DATA", "FERKIT_CHECKPOINTS"])
def test_a_file_in_the_folder_of_the_data_or_of_the_runs_needs_no_whole_path(
    folder: str, write: Write, train: Faces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(folder, str(tmp_path))
    write(name="soft.csv")
    assert soft_label_file.read("soft.csv", train).source == "soft.csv"
    with pytest.raises(ConfigError, match=r"No file 'gone\.csv' of soft labels"):
        soft_label_file.read("gone.csv", train)


def test_what_is_no_distribution_is_refused(write: Write, train: Faces) -> None:
    p = calibrated(train)
    for value, reason in ((-0.1, "Row 3 of"), (2.0, "its sum is"), (np.nan, "no distribution")):
        wrong = p.copy()
        wrong[2, 0] = value
        with pytest.raises(ConfigError, match=reason):
            soft_label_file.read(write(wrong), train)


def test_a_file_without_a_key_a_class_or_with_a_face_twice_is_refused(write: Write, train: Faces) -> None:
    path = write()
    table = pd.read_csv(path)
    table.drop(columns="file").to_csv(path, index=False)
    with pytest.raises(ConfigError, match="needs a column `id` or `file`"):
        soft_label_file.read(path, train)
    table.drop(columns=train.classes[2]).to_csv(path, index=False)
    with pytest.raises(ConfigError, match=f"no column for {train.classes[2]}"):
        soft_label_file.read(path, train)
    pd.concat([table, table.head(1)]).to_csv(path, index=False)
    with pytest.raises(ConfigError, match="several rows for"):
        soft_label_file.read(path, train)


def test_a_file_teaches_the_faces_it_covers_and_others_are_taught_without_it(write: Write, train: Faces) -> None:
    path = write()
    pd.read_csv(path).iloc[: len(train) // 2].to_csv(path, index=False)
    labels = soft_label_file.read(path, train)
    assert labels.coverage == pytest.approx(0.5, abs=0.02)
    file = torch.from_numpy(labels.log_probabilities / 2).softmax(1)
    votes = (label_log_probabilities(train) / 2).softmax(1)
    both, half = teachers.stored_predictions(f"crowd, {path}", train, 2.0), len(train) // 2
    torch.testing.assert_close(both[:half], (file + votes)[:half] / 2)
    torch.testing.assert_close(both[half:], votes[half:])

    targets = Targets.of(train, parse({"teacher": path, "distillation_temperature": 2.0}), SHAPE, CPU)
    label, taught = targets.table.split([targets.classes, targets.predicted], 1)
    torch.testing.assert_close(taught[:half], file[:half])
    torch.testing.assert_close(taught[half:], label[half:])
