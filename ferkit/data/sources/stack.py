"""The images of a source as one array, filled one by one: there is never a second copy of all of them."""

import numpy as np

from ferkit.data import mapped
from ferkit.data.sources.loaded import check_memory
from ferkit.errors import DataError

__all__ = ["Stack"]


class Stack:
    """At most `count` square images of one size: gray until the first in colour comes, then all are RGB."""

    def __init__(self, count: int) -> None:
        self.count, self.filled, self.first = count, 0, ""
        self._array: np.ndarray = np.empty(0, np.uint8)

    @property
    def images(self) -> np.ndarray:
        """uint8 (N, H, H) or (N, H, H, 3): those that were added."""
        return self._array[: self.filled]

    def add(self, name: str, image: np.ndarray) -> None:
        """Add an image, uint8 (H, H) or (H, H, 3). Raises DataError for another size, or if all would not fit."""
        height, width = image.shape[:2]
        if height != width:
            raise DataError(
                f"{name} has {width}x{height} pixels, not a square. Pass --size 48, or another, to crop and resize all."
            )
        if not self.filled:
            self.first = name
            self._array = self._room(image.shape)
        elif height != self._array.shape[1]:
            side = self._array.shape[1]
            raise DataError(
                f"Images differ in size: {self.first} has {side}x{side} pixels, {name} {width}x{height}. "
                f"Pass --size {side} to resize all."
            )
        elif image.ndim > self._array.ndim - 1:
            gray, self._array = self._array, self._room(image.shape)
            self._array[: self.filled] = gray[: self.filled, ..., None]
        self._array[self.filled] = image if image.ndim == self._array.ndim - 1 else image[..., None]
        self.filled += 1

    def _room(self, shape: tuple[int, ...]) -> np.ndarray:
        check_memory(self.count, shape[0], shape[1], 1 if len(shape) == 2 else 3)
        return mapped.room((self.count, *shape))
