"""Sources made for a test: images, folders and zips of them."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ferkit.data.importing import import_faces
from ferkit.errors import FerkitError

Files = dict[str, bytes]


class Make:
    """What sources are made of."""

    @staticmethod
    def encoded(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **how)
        return out.getvalue()

    @staticmethod
    def png(seed: int = 0, size: tuple[int, int] = (8, 8), colour: bool = False, kind: str = "PNG") -> bytes:
        """An image of noise, (width, height)."""
        shape = (size[1], size[0], 3) if colour else (size[1], size[0])
        return Make.encoded(Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)), kind)

    @staticmethod
    def zip(path: Path, files: Files, method: int = zipfile.ZIP_STORED) -> Path:
        with zipfile.ZipFile(path, "w", method) as out:
            for name, data in files.items():
                out.writestr(name, data)
        return path

    @staticmethod
    def folder(path: Path, files: Files) -> Path:
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        return path

    @staticmethod
    def splits(per_class: int = 3, prefix: str = "", splits: tuple[str, ...] = ("train", "val", "test")) -> Files:
        """`per_class` different images for each of two classes in each split."""
        names = [
            f"{prefix}{split}/{label}/{i}.png"
            for split in splits
            for label in ("sad", "Happy")
            for i in range(per_class)
        ]
        return {name: Make.png(seed) for seed, name in enumerate(names)}

    @staticmethod
    def refused(source: Path, message: str, **arguments: object) -> None:
        """The import ends in one sentence and leaves nothing in the data folder."""
        with pytest.raises(FerkitError, match=message) as caught:
            import_faces(source, "x", **arguments)
        assert "\n" not in str(caught.value)
        stored = Path(os.environ["FERKIT_DATA"])
        assert not stored.exists() or list(stored.iterdir()) == []


@pytest.fixture
def make() -> type[Make]:
    return Make


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for sources, next to an empty data folder."""
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "stored"))
    return tmp_path
