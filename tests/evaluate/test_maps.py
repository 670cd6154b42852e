"""Maps of stored features: drawn after the scores, kept, and marked where they are outdated."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file, save_file

from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.evaluate import maps
from ferkit.evaluate.evaluation import evaluate
from ferkit.evaluate.maps import draw_map
from ferkit.runs import Run, open_run


@pytest.fixture(autouse=True)
def plain_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two features in place of UMAP and PCA."""

    def flat(features: np.ndarray, seed: int, *rest: object) -> pd.DataFrame:
        xy = features[:, :2].astype(np.float32)
        return pd.DataFrame({"umap_x": xy[:, 0], "umap_y": xy[:, 1], "pca_x": xy[:, 0], "pca_y": xy[:, 1]})

    monkeypatch.setattr(maps, "layouts", flat)


def change(run: Run, key: str, factor: float) -> None:
    weights = load_file(run.weights)
    save_file(weights | {key: weights[key] * np.float32(factor)}, run.weights)


def test_a_map_is_never_deleted_and_is_marked_outdated_when_features_changed(run: Run, faces: Faces) -> None:
    evaluate(run, faces, "val")
    drawn = (run.path / "val-map.parquet").read_bytes()
    assert not evaluate(run, faces, "val", maps=False).map_outdated
    change(run, "body.0.body.0.weight", 2.0)
    assert evaluate(run, faces, "val", maps=False).map_outdated
    assert evaluate(run, faces, "val", maps=False).map_outdated  # the features are the same again, the map is not
    assert open_run("tiny").results().scores["val"].map_outdated
    assert (run.path / "val-map.parquet").read_bytes() == drawn
    assert not evaluate(run, faces, "val").map_outdated
    assert (run.path / "val-map.parquet").read_bytes() != drawn


def test_features_that_differ_by_rounding_leave_a_map_up_to_date(run: Run, faces: Faces) -> None:
    evaluate(run, faces, "val")
    stored = run.results().features("val")
    rounded = np.nextafter(stored, np.float16(np.inf))
    rounded[::3] = stored[::3]
    np.save(run.path / "val-features.npy", rounded)
    assert not evaluate(run, faces, "val", maps=False).map_outdated
    assert run.results().has("val", "-map.parquet")


def test_a_map_is_drawn_without_weights_and_images(run: Run, faces: Faces) -> None:
    evaluate(run, faces, "val", maps=False)
    run.weights.unlink()
    stages: list[tuple[str, int, int]] = []
    draw_map(open_run("tiny"), "val", progress=lambda *stage: stages.append(stage))
    assert stages == [("map", 0, 1), ("map", 1, 1)]
    assert run.results().layout("val")["id"].tolist() == faces.split("val").ids.tolist()


def test_without_features_there_is_no_map(run: Run) -> None:
    with pytest.raises(RunError, match="python -m ferkit evaluate"):
        draw_map(run, "val")
    assert not Path(run.path / "val-map.parquet").exists()


def test_tsne_alone_is_added_to_a_map_that_lacks_it(run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(run, faces, "val")
    before = run.results().layout("val")
    assert "tsne_x" not in before

    def flat(features: np.ndarray, seed: int) -> pd.DataFrame:
        return pd.DataFrame(features[:, 1:3].astype(np.float32), columns=["tsne_x", "tsne_y"])

    monkeypatch.setattr(maps, "tsne", flat)
    draw_map(open_run("tiny"), "val", only_tsne=True)
    after = run.results().layout("val")
    assert after[before.columns].equals(before)
    assert after["tsne_x"].tolist() == run.results().features("val")[:, 1].astype(np.float32).tolist()
