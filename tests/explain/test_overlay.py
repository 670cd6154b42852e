"""Heat maps as pictures."""

import subprocess
import sys

import numpy as np
import pytest

from ferkit.explain.overlay import overlay, resize_map


def test_a_map_keeps_its_range_and_its_corners() -> None:
    large = resize_map(np.array([[0.0, 1.0], [0.5, 0.25]], np.float16), (8, 12))
    assert large.shape == (8, 12)
    assert large.dtype == np.float32
    assert [large[0, 0], large[0, -1], large[-1, 0], large[-1, -1]] == [0, 1, 0.5, 0.25]
    assert resize_map(np.ones((2, 2)), 5).shape == (5, 5)


def test_a_mirrored_map_is_enlarged_mirrored() -> None:
    heat = np.random.default_rng(0).random((5, 5))
    np.testing.assert_allclose(resize_map(heat[:, ::-1], 48), resize_map(heat, 48)[:, ::-1], atol=1e-6)


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 3)])
def test_cold_shows_the_face(shape: tuple[int, ...]) -> None:
    face = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    shown = overlay(face, np.zeros((2, 2)))
    assert np.array_equal(shown, face if face.ndim == 3 else np.stack([face] * 3, 2))


def test_hot_is_painted_bright_and_red_before_blue() -> None:
    shown = overlay(np.zeros((4, 4), np.uint8), np.full((2, 2), 0.7), strength=1.0)
    assert shown.shape == (4, 4, 3)
    assert shown[0, 0, 0] > shown[0, 0, 2]  # RGB, not BGR: inferno is orange there


def test_no_number_is_cold() -> None:
    face = np.full((4, 4), 9, np.uint8)
    assert (overlay(face, np.full((2, 2), np.nan)) == 9).all()


def test_pages_can_paint_without_torch() -> None:
    parts = ("explain.overlay", "explain.filters", "embed.neighbours", "evaluate.compare", "evaluate.labels")
    code = f"import sys, {', '.join(f'ferkit.{part}' for part in parts)};"
    code += "print([m for m in ('torch', 'scipy', 'sklearn', 'numba', 'umap') if m in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
