"""Layouts: reproducible, finite, and neighbours stay together."""

import numpy as np
import pytest

from ferkit.embed import layouts as module
from ferkit.embed.layouts import LEAST, by_umap, layouts, tsne

COLUMNS = ["umap_x", "umap_y", "pca_x", "pca_y"]


@pytest.mark.timeout(900)  # UMAP is compiled, on a machine that may be busy
def test_two_groups_stay_apart_and_the_seed_decides() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal(0, 1, (100, 10)), rng.normal(8, 1, (100, 10))]).astype(np.float16)
    table = layouts(features, seed=0)
    assert list(table.columns) == [*COLUMNS, "tsne_x", "tsne_y"]
    assert (table.dtypes == np.float32).all()
    for kind in ("umap", "pca", "tsne"):
        xy = table[[f"{kind}_x", f"{kind}_y"]].to_numpy()
        centres = xy[:100].mean(0), xy[100:].mean(0)
        spread = max(xy[:100].std(0).max(), xy[100:].std(0).max())
        assert np.linalg.norm(centres[0] - centres[1]) > 3 * spread
    assert by_umap(table)
    reported: list[tuple[int, int]] = []
    assert layouts(features, seed=0, progress=lambda *epochs: reported.append(epochs)).equals(table)
    done = [epochs for epochs, _ in reported]
    assert reported[-1][0] == reported[-1][1] > 100 and done == sorted(done)


@pytest.mark.parametrize("features", [np.ones((1, 5)), np.eye(3), np.zeros((20, 4)), np.arange(20.0)[:, None]])
def test_what_fills_no_plane_repeats_pca(features: np.ndarray) -> None:
    table = layouts(features, seed=0)
    assert np.isfinite(table.to_numpy()).all()
    assert np.array_equal(table[COLUMNS[:2]], table[COLUMNS[2:]])


def test_a_small_set_is_drawn_by_pca_and_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(x: np.ndarray, seed: int) -> np.ndarray:
        raise AssertionError("UMAP was started")

    monkeypatch.setattr(module, "_umap", refuse)
    table = layouts(np.random.default_rng(0).normal(size=(LEAST - 1, 6)), seed=0)
    assert list(table.columns) == COLUMNS
    assert len(table) == LEAST - 1 and np.isfinite(table.to_numpy()).all()
    assert not by_umap(table)


def test_pca_is_the_widest_direction_first() -> None:
    features = np.random.default_rng(0).normal(size=(3, 6))
    pca = layouts(features, seed=0)[["pca_x", "pca_y"]].to_numpy()
    x = (features - features.mean(0)) / features.std(0)
    np.testing.assert_allclose(np.linalg.norm(pca, axis=0), np.linalg.svd(x)[1][:2], rtol=1e-4)


def test_tsne_keeps_neighbours_and_the_seed_decides() -> None:
    from sklearn.manifold import trustworthiness

    rng = np.random.default_rng(1)
    features = (rng.normal(size=(4, 12))[rng.integers(4, size=LEAST)] * 3 + rng.normal(size=(LEAST, 12))).astype("f4")
    table = tsne(features, seed=0)
    assert list(table.columns) == ["tsne_x", "tsne_y"] and (table.dtypes == np.float32).all()
    assert trustworthiness(features, table.to_numpy()) > 0.85
    assert tsne(features, seed=0).equals(table)


def test_of_many_faces_some_are_arranged_and_the_others_placed_among_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    features = np.concatenate([rng.normal(0, 1, (150, 10)), rng.normal(9, 1, (150, 10))])
    monkeypatch.setattr(module, "MOST", LEAST)
    xy = tsne(features, seed=0).to_numpy()
    assert xy.shape == (300, 2) and np.isfinite(xy).all()
    centres = xy[:150].mean(0), xy[150:].mean(0)
    assert np.linalg.norm(centres[0] - centres[1]) > 2 * max(xy[:150].std(0).max(), xy[150:].std(0).max())


def test_of_many_faces_a_sample_is_arranged_and_the_others_are_placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WHOLE", 300)
    monkeypatch.setattr(module, "SAMPLE", 250)
    monkeypatch.setattr(module, "BLOCK", 128)
    seen = []

    def arrange(x: np.ndarray, seed: int, progress: object = None) -> np.ndarray:
        seen.append(len(x))
        return x[:, :2]

    monkeypatch.setattr(module, "_umap", arrange)
    monkeypatch.setattr(module, "_tsne", lambda x, pca, seed: x[:, :2])
    rng = np.random.default_rng(0)
    features = (np.repeat([[0.0, 9.0], [9.0, 0.0]], 200, 0) + rng.normal(size=(400, 2))).astype(np.float16)
    table = layouts(features, seed=0)
    assert seen == [250] == [module.arranged(400)] and module.arranged(300) == 300
    xy = table[["umap_x", "umap_y"]].to_numpy()
    standard = (features - features.mean(0, dtype=float)) / features.std(0, dtype=float)
    assert len(table) == 400 and np.corrcoef(xy[:, 0], standard[:, 0])[0, 1] > 0.95
