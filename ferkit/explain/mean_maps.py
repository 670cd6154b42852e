"""Mean heat maps per class, as `<split>-cams.npz` of a run folder holds them."""

import numpy as np

__all__ = ["MeanMaps", "mean_maps"]


class MeanMaps:
    """Means of faces that come in shards, so that not all maps are held at once.

    means = MeanMaps(7)
    means.add(images, true, predicted, maps, true_maps)  # as often as there are shards
    means.table()
    """

    def __init__(self, classes: int) -> None:
        self.classes = classes
        self._sums: dict[str, list[np.ndarray]] = {}
        self._counts: dict[str, np.ndarray] = {}

    def add(
        self, images: np.ndarray, true: np.ndarray, predicted: np.ndarray, maps: np.ndarray, true_maps: np.ndarray
    ) -> None:
        """A shard of N faces: `images` uint8 (N, H, W[, 3]); `true`, `predicted` class indices (N,); `maps` and
        `true_maps` (N, h, w) in [0, 1], the Grad-CAM of the predicted and of the true class."""
        right = true == predicted
        self._add("right", true_maps, np.where(right, true, -1))
        self._add("wrong", true_maps, np.where(right, -1, true))
        self._add("predicted", maps, predicted)
        self._add("faces", images, true)

    def table(self) -> dict[str, np.ndarray]:
        """Means per class c; a class without faces has a zero map and a count of 0. float16 (C, h, w), counts int32
        (C,), faces uint8 (C, H, W[, 3]):

        - `right`, `right_n`: map of c, over faces of c that were predicted as c
        - `wrong`, `wrong_n`: map of c, over faces of c that were predicted as something else
        - `predicted`, `predicted_n`: map of c, over faces predicted as c, whatever they are
        - `faces`: the mean face of c
        """
        table: dict[str, np.ndarray] = {}
        for name in ("right", "wrong", "predicted"):
            table[name] = self._mean(name).astype(np.float16)
            table[f"{name}_n"] = self._counts[name].astype(np.int32)
        table["faces"] = np.rint(self._mean("faces")).astype(np.uint8)
        return table

    def _add(self, name: str, values: np.ndarray, label: np.ndarray) -> None:
        chosen = [label == c for c in range(self.classes)]
        sums = [values[rows].sum(0, dtype=np.float64) for rows in chosen]
        self._merge(name, sums, np.array([int(rows.sum()) for rows in chosen]))

    def merge(self, other: "MeanMaps") -> None:
        """Add the faces of another one of as many classes."""
        for name, sums in other._sums.items():
            self._merge(name, sums, other._counts[name])

    def _merge(self, name: str, sums: list[np.ndarray], counts: np.ndarray) -> None:
        before = self._sums.get(name)
        self._sums[name] = sums if before is None else [a + b for a, b in zip(before, sums, strict=True)]
        self._counts[name] = self._counts.get(name, 0) + counts

    def _mean(self, name: str) -> np.ndarray:
        return np.stack([total / max(1, n) for total, n in zip(self._sums[name], self._counts[name], strict=True)])


def mean_maps(
    images: np.ndarray, true: np.ndarray, predicted: np.ndarray, maps: np.ndarray, true_maps: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    """The table of `MeanMaps` of all faces at once."""
    means = MeanMaps(classes)
    means.add(images, true, predicted, maps, true_maps)
    return means.table()
