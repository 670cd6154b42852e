"""The picture of the mean faces and mean maps on a web page."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ferkit.report.web_means import AGAINST_OTHERS, GRADCAM, SHEET, TILE, web_means
from ferkit.runs import Run, open_folder
from tests.worlds import ROOT


def opened(sheet: bytes) -> np.ndarray:
    """Tiles, int (rows, columns, side, side, 3)."""
    pixels = np.asarray(Image.open(io.BytesIO(sheet)).convert("RGB"), int)
    return pixels.reshape(2, TILE, -1, TILE, 3).swapaxes(1, 2)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return shutil.copytree(ROOT / "checkpoints" / "compact-wild", tmp_path / "run")


def test_a_run_that_was_explained_shows_what_tells_its_classes_apart(shipped: Path) -> None:
    means = web_means(open_folder(shipped))
    assert means is not None and list(means.files) == [SHEET] and len(means.sheet) < 60_000
    metadata = json.loads(json.dumps(means.metadata))
    assert (metadata["words"], metadata["split"], sum(metadata["faces"])) == (AGAINST_OTHERS, "val", 3589)
    faces, maps = opened(means.sheet)
    assert faces.shape == (7, TILE, TILE, 3)
    assert np.ptp(faces, -1).mean() < 3 < np.ptp(maps, -1).mean()
    for i in range(7):  # a map lies over the face of its own class
        unpainted = np.ptp(maps[i], -1) < 6
        assert np.abs(faces[i] - maps[i])[unpainted].mean() < 6


def test_a_run_that_was_not_explained_shows_grad_cam(shipped: Path) -> None:
    (shipped / "val-explain.json").unlink()
    means = web_means(open_folder(shipped))
    assert means is not None and means.metadata["words"] == GRADCAM and means.metadata["signed"] is False
    assert sum(means.metadata["explained"]) == 3589


def test_a_run_without_mean_maps_has_no_picture(shipped: Path, run: Run) -> None:
    (shipped / "val-cams.npz").write_bytes(b"broken")
    assert web_means(open_folder(shipped)) is None
    assert web_means(run) is None
