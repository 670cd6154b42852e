"""Views: drawn once, seen in turn, and looked at once by the teachers."""

from pathlib import Path

import pytest
import torch

from ferkit.data.faces import Faces
from ferkit.errors import ConfigError
from ferkit.models import Input, Network, load
from ferkit.runs import open_run
from ferkit.train.accelerator import precision
from ferkit.train.config import TrainConfig, parse
from ferkit.train.fit import fit
from ferkit.train.loader import FaceLoader
from ferkit.train.targets import Targets
from ferkit.train.views import Views
from tests.worlds import tiny_faces

CPU = torch.device("cpu")
SMALL = {
    "model_args": {"filters": 4},
    "batch": 32,
    "warmup": 0,
    "epochs": 1,
    "precision": "float32",
    "augment": {"crop": 40},
}
TAUGHT = SMALL | {"teacher": "teacher", "teacher_views": "live", "views": 2}


@pytest.fixture(scope="module")
def faces() -> Faces:
    return tiny_faces()


@pytest.fixture
def place(tmp_path: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where runs lie; one of them can teach."""
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("FERKIT_CACHE", str(tmp_path / "cache"))
    fit(parse(SMALL), faces, tmp_path / "teacher")
    return tmp_path


def views_of(config: TrainConfig, faces: Faces) -> tuple[Views, Targets]:
    train = faces.split("train")
    shape = Input.measure(train.images, config.augment.crop, config.size)
    targets = Targets.of(train, config, shape, CPU)
    views = Views.of(config, FaceLoader.of(train, shape, CPU), targets, precision(config, CPU))
    assert views is not None
    return views, targets


def test_the_teacher_predicts_the_very_view_the_student_sees(place: Path, faces: Faces) -> None:
    views, targets = views_of(parse(TAUGHT | {"teacher": "teacher, teacher"}), faces)
    view = views.view(1)
    expected = (load(open_run("teacher"))(view.images.float()) / 2).softmax(1)
    classes = len(faces.classes)
    torch.testing.assert_close(view.table[:, classes:], expected, atol=1e-3, rtol=0)
    torch.testing.assert_close(view.table[:, :classes], targets.table[:, :classes])
    assert view.images.shape == (len(faces.split("train")), 1, 40, 40)


def test_views_come_back_in_turn_for_every_seed(place: Path, faces: Faces) -> None:
    first, _ = views_of(parse(TAUGHT | {"epochs": 9}), faces)
    other, _ = views_of(parse(TAUGHT | {"epochs": 9, "seed": 7}), faces)
    one, two = first.view(1), first.view(2)
    assert not torch.equal(one.images, two.images)
    for again in (first.view(3), other.view(1)):
        assert torch.equal(again.images, one.images)
        assert torch.equal(again.table, one.table)


def test_the_teacher_looks_once_at_each_view(place: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    forward = Network.forward

    def counted(self: Network, x: torch.Tensor) -> torch.Tensor:
        if not any(p.requires_grad for p in self.parameters()):
            seen.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(Network, "forward", counted)
    fit(parse(TAUGHT | {"epochs": 3}), faces, place / "one")
    corrupted = {"crop": 40, "corrupt": 0.5, "noise": 0.1, "mixup": 0.5}
    fit(parse(TAUGHT | {"epochs": 3, "seed": 1, "augment": corrupted}), faces, place / "two")
    assert sum(seen) == 2 * len(faces.split("train"))


def test_a_broken_file_of_predictions_is_made_again(place: Path, faces: Faces) -> None:
    views, _ = views_of(parse(TAUGHT), faces)
    before = views.view(1).table
    (path,) = (place / "cache" / "views").rglob("0.npy")
    path.write_bytes(b"half")
    assert torch.equal(views.view(1).table, before)
    assert path.stat().st_size > 100


def test_a_run_on_views_learns_from_the_teacher_and_is_deterministic(place: Path, faces: Faces) -> None:
    runs = [fit(parse(TAUGHT | {"epochs": 2}), faces, place / name) for name in ("a", "b")]
    alone = fit(parse(SMALL | {"views": 2, "epochs": 2}), faces, place / "alone")
    assert runs[0].weights.read_bytes() == runs[1].weights.read_bytes() != alone.weights.read_bytes()


def test_alternating_flip_is_refused(faces: Faces, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="alternating_flip draws each epoch anew"):
        fit(parse(SMALL | {"views": 2, "augment": {"alternating_flip": True}}), faces, tmp_path / "run")
