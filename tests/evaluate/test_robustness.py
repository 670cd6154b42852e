"""Scores on corrupted faces: right, stored whole or not at all, and leading back to the faces."""

import numpy as np
import pandas as pd
import pytest

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate import robustness as module
from ferkit.evaluate.corruption import CLEAN, brightness
from ferkit.evaluate.robustness import robustness
from ferkit.evaluate.strengths import KINDS, Kind
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_folder
from ferkit.runs.robustness import SINGLE, corrupted_accuracy, single
from tests.untrained import noise, untrained

FEW = {"dark": Kind(brightness, (0.8, 0.6, 0.4, 0.2, 0.0), "times")}


@pytest.fixture
def untaught(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Faces]:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    faces = noise()
    return untrained(faces, "tiny"), faces


def test_what_is_stored_is_what_was_scored(untaught: tuple[Run, Faces]) -> None:
    run, faces = untaught
    calls: list[tuple[str, int, int]] = []
    table = robustness(run, faces, "val", kinds=FEW, progress=lambda *words: calls.append(words))
    assert [word[1:] for word in calls] == [(i, 6) for i in range(7)]
    results = open_folder(run.path).results()
    assert results.robustness("val").equals(table)
    assert list(zip(table["kind"], table["strength"], strict=True)) == [(CLEAN, 0), *(("dark", s) for s in range(1, 6))]
    assert table["amount"].tolist() == [0, 0.8, 0.6, 0.4, 0.2, 0]
    part, predicted = faces.split("val"), results.corrupted("val")
    assert predicted["id"].tolist() == part.ids.tolist()
    assert list(predicted) == ["id", f"{CLEAN} 0", *(f"dark {s}" for s in range(1, 6))]
    for row, name in zip(table.to_dict("records"), predicted.columns[1:], strict=True):
        assert predicted[name].dtype == np.uint8
        matrix = metrics.confusion(part.labels, predicted[name].to_numpy(), 3)
        assert row["accuracy"] == metrics.accuracy(matrix) and row["macro_f1"] == metrics.macro_f1(matrix)
        assert [row[f"recall {name}"] for name in run.classes] == metrics.recall(matrix).tolist()
        assert row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"] and row["n"] == len(part)
    darkest = Classifier.open(run).logits(np.zeros_like(part.images)).argmax(1)
    assert (predicted["dark 5"] == darkest).all()


def test_an_interrupt_leaves_what_was_there(untaught: tuple[Run, Faces]) -> None:
    run, faces = untaught
    before = robustness(run, faces, "val", kinds=FEW)

    def interrupt(name: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        robustness(run, faces, "val", kinds={"other": FEW["dark"]}, progress=interrupt)
    assert open_folder(run.path).results().robustness("val").equals(before)


def test_another_dataset_has_its_own_and_unknown_classes_are_left_out(untaught: tuple[Run, Faces]) -> None:
    run, _ = untaught
    other = noise("other", classes=("Sad", "angry", "fear"), seed=4)
    table = robustness(run, other, "val", kinds=FEW)
    part = other.split("val")
    known = part.labels != 2
    assert set(table["n"]) == {int(known.sum())}
    assert run.results("other").corrupted("val")["id"].tolist() == part.ids[known].tolist()
    with pytest.raises(RunError, match="ferkit robustness RUN"):
        run.results().robustness("val")


def test_faces_at_once_do_not_change_the_numbers(untaught: tuple[Run, Faces], monkeypatch: pytest.MonkeyPatch) -> None:
    run, faces = untaught
    noisy = {"noise": KINDS["noise"]}
    whole = robustness(run, faces, "val", kinds=noisy)
    monkeypatch.setattr(module, "AT_ONCE", 7)
    assert robustness(run, faces, "val", kinds=noisy).equals(whole)


def test_the_mean_on_corrupted_faces_is_of_the_twelve(untaught: tuple[Run, Faces]) -> None:
    assert [name for name, kind in KINDS.items() if kind.single] == list(SINGLE)
    run, faces = untaught
    some = robustness(run, faces, "val", kinds={name: KINDS[name] for name in ("noise", "roll", "blur")})
    assert single(some)[["kind", "strength"]].to_numpy().tolist() == [["noise", 3], ["blur", 3]]
    assert corrupted_accuracy(some) is None
    rows = [("noise", 2, 1.0), ("roll", 3, 1.0), *((kind, 3, i / 12) for i, kind in enumerate(SINGLE))]
    assert corrupted_accuracy(pd.DataFrame(rows, columns=["kind", "strength", "accuracy"])) == pytest.approx(5.5 / 12)
