"""Votes and teachers: what they add to the loss, and that nothing of the second head stays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.models import Input, build, count_parameters, load
from ferkit.runs import LOGIT, DataSpec, create, open_run
from ferkit.train import teachers
from ferkit.train.config import parse
from ferkit.train.fit import fit
from ferkit.train.soft_labels import label_log_probabilities
from ferkit.train.targets import Student, Targets
from tests.manifests import manifest, scores
from tests.worlds import tiny_faces

CPU, SHAPE = torch.device("cpu"), Input(48, 1, (0.5,), (0.25,))


@pytest.fixture(scope="module")
def voted() -> Faces:
    """Tiny faces with ten votes each, among three choices; every eighth has none."""
    faces = tiny_faces()
    votes = np.random.default_rng(0).multinomial(10, [0.5, 0.3, 0.2], len(faces)).astype(np.uint8)
    votes[::8] = 0
    return replace(faces, votes=votes, vote_names=("a", "b", "c"))


def test_the_loss_is_that_of_the_label_plus_a_share_of_that_of_the_votes(voted: Faces) -> None:
    few = voted.select(np.arange(16))
    targets = Targets.of(few, parse({"votes": 0.5, "label_smoothing": 0.1}), SHAPE, CPU)
    assert targets.votes == 3
    logits = torch.randn(16, len(few.classes) + 3)
    label_logits, vote_logits = logits.split([len(few.classes), 3], 1)
    shares = torch.from_numpy(few.votes / np.maximum(few.votes.sum(1, keepdims=True), 1)).float()
    expected = F.cross_entropy(label_logits, torch.from_numpy(few.labels).long(), label_smoothing=0.1)
    expected += 0.5 * -(shares * vote_logits.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(targets.loss(logits, targets.table), expected)
    assert targets.correct(logits, targets.table) == int((label_logits.argmax(1).numpy() == few.labels).sum())


def test_without_votes_the_student_is_the_network(voted: Faces) -> None:
    network = build("base-cnn", 7, 1, filters=4).eval()
    x = torch.randn(3, 1, 48, 48)
    assert Targets.of(voted, parse({}), SHAPE, CPU).votes == 0
    torch.testing.assert_close(Student(network, 0)(x), network(x))
    torch.testing.assert_close(Student(network, 3)(x)[:, :7], network(x))


def test_logit_adjustment_asks_the_label_of_shifted_logits(voted: Faces) -> None:
    targets = Targets.of(voted, parse({"logit_adjustment": 0.7, "label_smoothing": 0.0}), SHAPE, CPU)
    logits, labels = torch.randn(len(voted), len(voted.classes)), torch.from_numpy(voted.labels).long()
    prior = torch.bincount(labels) / len(labels)
    torch.testing.assert_close(targets.loss(logits, targets.table), F.cross_entropy(logits + 0.7 * prior.log(), labels))


def test_votes_teach_label_probabilities_without_leaking_labels(voted: Faces) -> None:
    telling = np.eye(len(voted.classes), dtype=np.uint8)[voted.labels] * 9
    clear = label_log_probabilities(replace(voted, votes=telling))
    assert (clear.argmax(1).numpy() == voted.labels).all()
    torch.testing.assert_close(clear.exp().sum(1), torch.ones(len(voted)), atol=1e-4, rtol=0)
    noise = (
        np.random.default_rng(3).integers(0, 200, (len(voted), 6)).astype(np.uint8)
    )  # as good as a name for each face
    vague = label_log_probabilities(replace(voted, votes=noise))
    assert (vague.argmax(1).numpy() == voted.labels).mean() < 0.5
    both = replace(voted, votes=telling).split("train")
    torch.testing.assert_close(
        teachers.stored_predictions("crowd", both, 2.0), torch.softmax(label_log_probabilities(both) / 2, 1)
    )


def test_votes_that_cannot_teach_are_refused(voted: Faces) -> None:
    with pytest.raises(ConfigError, match=r"teacher needs votes"):
        Targets.of(replace(voted, votes=None), parse({"teacher": "crowd"}), SHAPE, CPU)
    lonely = np.r_[np.flatnonzero(voted.labels != 0), np.flatnonzero(voted.labels == 0)[:1]]
    with pytest.raises(ConfigError, match="has 1 of one"):
        label_log_probabilities(voted.select(lonely))


def test_the_head_of_the_votes_is_discarded(tmp_path: Path, voted: Faces) -> None:
    settings = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1, "precision": "float32"}
    alone, student = (fit(parse(settings | {"votes": votes}), voted, tmp_path / str(votes)) for votes in (0.0, 1.0))
    assert student.manifest.parameters == alone.manifest.parameters == count_parameters(load(student))
    assert student.weights.read_bytes() != alone.weights.read_bytes()


def test_votes_that_are_not_there_are_refused_before_anything_is_lost(tmp_path: Path) -> None:
    kept = tmp_path / "run" / "run.json"
    kept.parent.mkdir()
    kept.write_text("{}")
    with pytest.raises(ConfigError, match=r"has none.*--votes CSV"):
        fit(parse({"votes": 0.5}), replace(tiny_faces(), votes=None), kept.parent)
    assert kept.is_file()


def taught_by(folder: Path, name: str, faces: Faces, logits: np.ndarray, classes: tuple[str, ...]) -> None:
    """A run folder with logits of the training faces, in shuffled rows."""
    train = faces.split("train")
    order = np.random.default_rng(1).permutation(len(train))
    table = pd.DataFrame(
        {
            "id": train.ids,
            "label": train.labels,
            "leaked": False,
            **{LOGIT + c: logits[:, i] for i, c in enumerate(classes)},
        }
    )
    run = create(
        folder / name,
        manifest(
            tuple(classes),
            data=DataSpec(name=faces.name),
            scores={"train": scores(tuple(classes), fingerprint=faces.fingerprint, n=len(train))},
        ),
    )
    table.iloc[order].to_parquet(run.path / "train.parquet")


def test_teachers_are_read_by_id_and_class_and_averaged(
    tmp_path: Path, voted: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    train, random = voted.split("train"), np.random.default_rng(2)
    a, b = (random.normal(0, 3, (len(train), len(voted.classes))).astype(np.float32) for _ in range(2))
    turned = tuple(reversed(voted.classes))
    taught_by(tmp_path, "one", voted, a, voted.classes)
    taught_by(tmp_path, "two", voted, b[:, ::-1], turned)
    both = teachers.named("one, two")
    assert all(teachers.ready(run, voted) for run in both)
    expected = (torch.softmax(torch.from_numpy(a) / 4, 1) + torch.softmax(torch.from_numpy(b) / 4, 1)) / 2
    torch.testing.assert_close(teachers.stored_predictions("one, two", train, 4.0), expected)

    targets = Targets.of(
        train,
        parse({"teacher": "one,two", "distillation_weight": 0.3, "distillation_temperature": 4.0, "votes": 0.5}),
        SHAPE,
        CPU,
    )
    logits = torch.randn(len(train), len(voted.classes) + 3)
    label_logits = logits[:, : len(voted.classes)]
    plain = Targets.of(train, parse({}), SHAPE, CPU)
    with_votes = Targets.of(train, parse({"votes": 0.5}), SHAPE, CPU)
    of_votes = with_votes.loss(logits, with_votes.table) - plain.loss(label_logits, plain.table)
    of_teachers = -16 * (expected * (label_logits / 4).log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(
        targets.loss(logits, targets.table), 0.7 * plain.loss(label_logits, plain.table) + 0.3 * of_teachers + of_votes
    )


def test_live_teachers_see_what_the_student_sees(tmp_path: Path, voted: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    small = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1, "precision": "float32"}
    for name, seed in (("one", 0), ("two", 1)):
        fit(parse(small | {"seed": seed}), voted, tmp_path / name)
    train, shape = voted.split("train"), Input.of(open_run("one").manifest.input)
    targets = Targets.of(train, parse({"teacher": "one, two, crowd", "teacher_views": "live"}), shape, CPU)
    x, rows = shape.prepare(train.images[:9]).flip(3), targets.table[:9]
    of_networks = [(load(open_run(name))(x) / 2).softmax(1) for name in ("one", "two")]
    predictions = torch.stack([*of_networks, teachers.stored_predictions("crowd", train, 2.0)[:9]])
    classes = len(voted.classes)
    torch.testing.assert_close(targets.complete(x, rows)[:, classes:], predictions.mean(0))
    torch.testing.assert_close(targets.complete(x, rows)[:, :classes], rows[:, :classes])
    alone, student = (
        fit(parse(small | {"teacher_views": "live"} | t), voted, tmp_path / n)
        for n, t in (("a", {}), ("t", {"teacher": "one"}))
    )
    assert alone.weights.read_bytes() != student.weights.read_bytes()
    with pytest.raises(RunError, match="reads faces of another size"):
        fit(
            parse(small | {"teacher": "one", "teacher_views": "live", "augment": {"crop": 40}}),
            voted,
            tmp_path / "other",
        )


def test_a_teacher_that_cannot_teach_is_refused(tmp_path: Path, voted: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    train = voted.split("train")
    taught_by(tmp_path, "narrow", voted, np.zeros((len(train), 2)), voted.classes[:2])
    with pytest.raises(RunError, match=r"cannot teach .*fear"):
        Targets.of(train, parse({"teacher": "narrow"}), SHAPE, CPU)
    with pytest.raises(RunError, match="No run 'nobody'"):
        Targets.of(train, parse({"teacher": "nobody"}), SHAPE, CPU)
    other = replace(voted, fingerprint="another")
    assert not teachers.ready(teachers.named("narrow")[0], other)
