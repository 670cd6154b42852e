"""The names that `import ferkit` offers: lazily, typed, and from data to a comparison."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import ferkit
from ferkit.errors import RunError
from tests.worlds import ROOT


def test_importing_costs_nothing() -> None:
    script = (
        "import ferkit, sys; assert not {'numpy', 'pandas', 'torch', 'ferkit.api'} & set(sys.modules); ferkit.list_runs"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_the_stub_lists_what_the_api_offers() -> None:
    api = ast.parse((ROOT / "ferkit" / "api.py").read_text("utf-8"))
    listed = next(
        n.value for n in api.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "__all__"
    )
    assert sorted(ferkit.__all__) == sorted(ast.literal_eval(listed))
    assert all(hasattr(ferkit, name) for name in ferkit.__all__)
    assert (ROOT / "ferkit" / "py.typed").is_file()


def test_no_name_hides_a_package() -> None:
    packages = {path.stem for path in (ROOT / "ferkit").iterdir() if path.name != "__pycache__"}
    assert not packages & set(ferkit.__all__)


def test_from_faces_to_a_comparison_and_a_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "checkpoints"))
    faces = ferkit.draw_faces(160, name="few")
    assert ferkit.save_faces(faces).is_file() and ferkit.list_datasets() == ["few"]
    assert ferkit.load_faces("few").fingerprint == faces.fingerprint

    rows: list[int] = []
    settings = ["epochs=1", "batch=32", "model_args.filters=4"]
    run = ferkit.train_run("quick", faces, "a", settings=settings, on_epoch=lambda row: rows.append(row.epoch))
    other = ferkit.train_run("quick", faces, "b", settings=[*settings, "seed=1"])
    assert rows == [1] and ferkit.list_runs() == ["a", "b"]
    with pytest.raises(RunError, match="already"):
        ferkit.train_run("quick", faces, "a")

    result = ferkit.compare_runs(run, other)
    accuracies = [r.results().scores["val"].accuracy for r in (run, other)]
    assert result.accuracy == pytest.approx(accuracies[0] - accuracies[1])

    train = ferkit.evaluate_run(run, faces, "train", maps=False)
    assert train.n == int((faces.splits == "train").sum())

    images = faces.split("val").images[:3]
    heat = ferkit.explain_images(run, images, [0, 1, 2])
    assert heat.shape[0] == 3 and heat.min() >= 0 and heat.max() <= 1

    (face,) = ferkit.read_photo(images[0], run).faces
    assert face.probabilities.sum() == pytest.approx(1) and face.crop.shape == images[0].shape
