"""Training with corrected labels: train only, recorded, and kept for a resumed run."""

from pathlib import Path

import numpy as np
import pytest

from ferkit.data.corrections import Corrections
from ferkit.data.faces import Faces
from ferkit.errors import DataError, RunError
from ferkit.runs import open_folder
from ferkit.train.config import parse
from ferkit.train.corrected import FILE, Correct
from ferkit.train.fit import fit
from ferkit.train.trainer import Trainer

CONFIG = parse({"model_args": {"filters": 4, "depth": 2}, "epochs": 1, "batch": 32, "warmup": 0})


def flipped(faces: Faces, rows: list[int]) -> Corrections:
    classes = faces.classes
    labels = {str(faces.ids[i]): classes[(faces.labels[i] + 1) % len(classes)] for i in rows}
    return Corrections("mine.csv", labels)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Faces]:
    """The faces that trainings were created with."""
    given: list[Faces] = []
    create = Trainer.create.__func__  # type: ignore[attr-defined]

    def spy(cls: type[Trainer], config, faces: Faces, *args, **kwargs):  # type: ignore[no-untyped-def]
        given.append(faces)
        return create(cls, config, faces, *args, **kwargs)

    monkeypatch.setattr(Trainer, "create", classmethod(spy))
    return given


def test_training_faces_are_corrected_and_val_is_not(tmp_path: Path, faces: Faces, seen: list[Faces]) -> None:
    last = len(faces) - 1  # of val
    run = fit(CONFIG, faces, tmp_path / "run", correct=Correct(flipped(faces, [0, 3, last])))
    assert np.flatnonzero(seen[0].labels != faces.labels).tolist() == [0, 3]
    spec = run.manifest.corrections
    assert spec is not None and (spec.source, spec.n, spec.splits) == ("mine.csv", 2, ("train",))
    assert spec.digest == flipped(faces, [0, 3, last]).digest
    assert run.manifest.data.fingerprint == faces.fingerprint
    assert (run.path / FILE).read_text().count("\n") == 4
    plain = fit(CONFIG, faces, tmp_path / "plain")
    assert plain.manifest.corrections is None and not (plain.path / FILE).exists()


def test_val_too_when_asked(tmp_path: Path, faces: Faces, seen: list[Faces]) -> None:
    last = len(faces) - 1
    correct = Correct(flipped(faces, [last]), ("train", "val"))
    run = fit(CONFIG, faces, tmp_path / "run", correct=correct)
    assert np.flatnonzero(seen[0].labels != faces.labels).tolist() == [last]
    assert run.manifest.corrections is not None and run.manifest.corrections.splits == ("train", "val")


def test_what_changes_nothing_is_refused(tmp_path: Path, faces: Faces) -> None:
    with pytest.raises(DataError, match=r"mine\.csv changes no label of train"):
        fit(CONFIG, faces, tmp_path / "run", correct=Correct(flipped(faces, [len(faces) - 1])))
    assert not (tmp_path / "run" / "run.json").exists()


def test_a_resumed_run_keeps_its_labels(tmp_path: Path, faces: Faces, seen: list[Faces]) -> None:
    config = parse({**CONFIG.as_dict(), "epochs": 2})

    def stop(epoch: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(config, faces, tmp_path / "run", correct=Correct(flipped(faces, [1])), on_epoch=stop)
    stored = (tmp_path / "run" / FILE).read_text()
    (tmp_path / "run" / FILE).write_text(stored + f"{faces.ids[5]},{flipped(faces, [5]).labels[str(faces.ids[5])]}\n")
    with pytest.raises(RunError, match=r"corrections\.csv has changed"):
        fit(config, faces, tmp_path / "run", resumed=True)
    (tmp_path / "run" / FILE).unlink()
    with pytest.raises(RunError, match="cannot be continued"):
        fit(config, faces, tmp_path / "run", resumed=True)
    (tmp_path / "run" / FILE).write_text(stored)
    run = fit(config, faces, tmp_path / "run", resumed=True)
    assert np.flatnonzero(seen[-1].labels != faces.labels).tolist() == [1]
    assert run.manifest.status == "finished" and open_folder(run.path).manifest.corrections is not None
