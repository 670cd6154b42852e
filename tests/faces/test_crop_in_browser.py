"""The browser's crop of a rolled face is Python's, pixel for pixel: same places, OpenCV's fixed-point arithmetic."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from ferkit.deploy.runtime import SOURCES
from ferkit.faces import MARGIN, Box, square_crop
from ferkit.faces.crop import UPRIGHT, roll

SCRIPT = f"""import {{ readFileSync, writeFileSync }} from "fs";
import {{ cutOut, squareOf }} from "./crop.mjs";
const rgba = new Uint8ClampedArray(readFileSync("picture"));
const crops = JSON.parse(readFileSync("boxes.json")).map((box) => cutOut(rgba, 512, 400, squareOf(box, {MARGIN})));
writeFileSync("crops", Buffer.concat(crops.map(Buffer.from)));
"""


def rolled_boxes(count: int) -> list[Box]:
    """Boxes of every form and place in a picture of 512 x 400, rolled by any angle."""
    rng = np.random.default_rng(1)
    boxes = []
    for angle in rng.uniform(-np.pi, np.pi, count):
        w, h = map(int, rng.integers(20, 200, 2))
        x, y = int(rng.integers(512 - w)), int(rng.integers(400 - h))
        eye = rng.uniform(0, 400, 2)
        other = eye + rng.uniform(5, 60) * np.array([np.cos(angle), np.sin(angle)])
        boxes.append(Box(x, y, w, h, 1.0, (tuple(eye.tolist()), tuple(other.tolist()), *[(0.0, 0.0)] * 3)))
    return boxes


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
def test_a_face_rolled_by_any_angle_gives_the_pixels_of_opencv(tmp_path: Path) -> None:
    photo, boxes = data.astronaut()[:400], rolled_boxes(100)
    assert 80 < sum(abs(roll(box)) > UPRIGHT for box in boxes) < 100
    (tmp_path / "crop.mjs").write_text((SOURCES / "crop.js").read_text("utf-8"), "utf-8")
    (tmp_path / "picture").write_bytes(np.dstack([photo, np.full(photo.shape[:2], 255, np.uint8)]).tobytes())
    (tmp_path / "boxes.json").write_text(json.dumps([asdict(box) for box in boxes]), "utf-8")
    (tmp_path / "run.mjs").write_text(SCRIPT, "utf-8")
    subprocess.run(["node", "run.mjs"], cwd=tmp_path, capture_output=True, check=True, timeout=60)

    rgba = np.frombuffer((tmp_path / "crops").read_bytes(), np.uint8).reshape(-1, 4)
    expected = [square_crop(photo, box).reshape(-1, 3) for box in boxes]
    np.testing.assert_array_equal(rgba[:, :3], np.concatenate(expected))
    assert (rgba[:, 3] == 255).all()
