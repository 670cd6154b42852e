"""Features on a plane: UMAP and t-SNE, which keep neighbours together, and PCA, which keeps the widest directions.

McInnes et al. 2018, UMAP, arXiv:1802.03426. van der Maaten and Hinton 2008, t-SNE,
jmlr.org/papers/v9/vandermaaten08a.html. Pearson 1901, doi:10.1080/14786440109462720.
"""

import os
import re
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.embed.neighbours import place

__all__ = ["COLUMNS", "LEAST", "TSNE", "arranged", "by_umap", "layouts", "tsne"]

COLUMNS = ("umap_x", "umap_y", "pca_x", "pca_y")
TSNE = ("tsne_x", "tsne_y")
NEIGHBOURS = 15  # UMAP's idea of how many faces are close
LEAST = 200  # faces; for fewer, UMAP's half minute of compilation is not worth its map
MOST = 5000  # faces that t-SNE arranges; the time it takes grows faster than their number
WHOLE, SAMPLE = 50_000, 10_000  # faces that UMAP arranges all together; how many it arranges of more than these
BLOCK = 65_536  # faces at a time, to bound memory
STEPS = 500  # of t-SNE's descent: half of scikit-learn's, for a Kullback-Leibler divergence a twentieth higher
Progress = Callable[[int, int], None]  # epochs of UMAP done, in all


def layouts(features: np.ndarray, seed: int, progress: Progress | None = None) -> pd.DataFrame:
    """(N, D) -> umap_x, umap_y, pca_x, pca_y, tsne_x, tsne_y, float32, one row per face; the same seed gives the same
    table. `progress` is called while UMAP's epochs pass, after the graph of neighbours is made.

    Features are standardised first. Of more than `WHOLE` faces UMAP arranges `SAMPLE`, drawn at random, and the others
    take the places of their nearest neighbours among them (see `arranged`). Of fewer than `LEAST` faces, or where they
    do not spread over a plane, UMAP is not drawn and its columns repeat PCA's (see `by_umap`), and there is no t-SNE.
    """
    x = _standard(features)
    pca = _pca(x)
    umap = _sampled(x, arranged(len(x)), seed, lambda rows: _umap(x[rows], seed, progress)) if _spread(pca) else pca
    table = pd.DataFrame(np.column_stack([umap, pca]).astype(np.float32), columns=list(COLUMNS))
    return table.join(tsne(features, seed))


def tsne(features: np.ndarray, seed: int) -> pd.DataFrame:
    """(N, D) -> tsne_x, tsne_y, float32, one row per face; no column where `layouts` has no t-SNE.

    Of more than `MOST` faces as many are arranged, drawn at random, and the others take the places of their nearest
    neighbours among them. 3,589 faces of 128 features take about as long as their UMAP.
    """
    x = _standard(features)
    pca = _pca(x)
    if not _spread(pca):
        return pd.DataFrame(index=range(len(x)))
    places = _sampled(x, min(MOST, len(x)), seed, lambda rows: _tsne(x[rows], pca[rows], seed))
    return pd.DataFrame(places.astype(np.float32), columns=list(TSNE))


def arranged(n: int) -> int:
    """How many of n faces UMAP itself arranges."""
    return n if n <= WHOLE else SAMPLE


def by_umap(layout: pd.DataFrame) -> bool:
    """Whether a table of `layouts` has a real UMAP rather than a copy of PCA."""
    return not np.array_equal(layout[list(COLUMNS[:2])].to_numpy(), layout[list(COLUMNS[2:])].to_numpy())


def _spread(pca: np.ndarray) -> bool:
    return len(pca) >= LEAST and bool((pca.std(0) > 1e-6).all())


def _sampled(x: np.ndarray, n: int, seed: int, arrange: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Places (N, 2): of n faces by `arrange`, given their rows, and of the others by their neighbours among these."""
    rows = np.sort(np.random.default_rng(seed).permutation(len(x))[:n])
    places = arrange(rows)
    if n == len(x):
        return places
    known = x[rows]
    return np.concatenate([place(known, places, x[i : i + BLOCK]) for i in range(0, len(x), BLOCK)])


def _standard(features: np.ndarray) -> np.ndarray:
    """Each feature with mean 0 and deviation 1, float32 (N, D); a constant one becomes 0."""
    x = np.empty(features.shape, np.float32)
    mean = features.mean(0, dtype=np.float64)
    blocks = [slice(i, i + BLOCK) for i in range(0, len(x), BLOCK)]
    squares = sum(np.square(features[rows] - mean).sum(0) for rows in blocks)
    deviation = np.sqrt(squares / len(x))
    for rows in blocks:
        centred = features[rows] - mean
        x[rows] = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    return x


def _pca(x: np.ndarray) -> np.ndarray:
    """Projection (N, 2) on the two widest directions, each turned so that its largest weight is positive."""
    products = sum(x[i : i + BLOCK].T.astype(np.float64) @ x[i : i + BLOCK] for i in range(0, len(x), BLOCK))
    _, directions = np.linalg.eigh(products)  # ascending
    two = directions[:, ::-1][:, :2]
    two = two * np.sign(two[np.abs(two).argmax(0), np.arange(two.shape[1])])
    plane = x @ two
    return np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))


class _Epochs:
    """What UMAP's progress bar writes to, in the format "12/500"."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def write(self, text: str) -> None:
        if found := re.search(r"(\d+)/(\d+)", text):
            self.progress(int(found[1]), int(found[2]))

    def flush(self) -> None:
        """Nothing is held back."""


def _umap(x: np.ndarray, seed: int, progress: Progress | None = None) -> np.ndarray:
    # What numba compiles is kept, so that the next process starts in seconds; read by numba when it is imported.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(files.cache_dir() / "numba"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # of an optional part that wants TensorFlow
        import umap  # seconds of compilation: only when a map is drawn

    bar = {"disable": False, "file": _Epochs(progress), "bar_format": "{n_fmt}/{total_fmt}"} if progress else None
    # Starting from PCA makes the result a function of the seed even where the neighbour graph falls apart.
    neighbours = min(NEIGHBOURS, len(x) - 1)
    layout = umap.UMAP(n_neighbors=neighbours, min_dist=0.1, init="pca", random_state=seed, n_jobs=1, tqdm_kwds=bar)
    return layout.fit_transform(x)


def _tsne(x: np.ndarray, pca: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE as BarnesHut

    start = (1e-4 * pca / pca[:, 0].std()).astype(np.float32)  # PCA, as small as the descent wants it
    layout: np.ndarray = BarnesHut(init=start, random_state=seed, max_iter=STEPS, n_jobs=1).fit_transform(x)
    return layout
