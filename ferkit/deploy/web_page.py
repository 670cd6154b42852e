"""A run as a static web page: it reads faces in the visitor's own browser.  $ python -m ferkit export RUN --web"""

import gzip
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from PIL import Image

from ferkit import files
from ferkit.data.synthetic import draw
from ferkit.deploy.export import export
from ferkit.deploy.runtime import SOURCES, VERSION, copy_runtime, find_runtime
from ferkit.errors import ConfigError
from ferkit.runs import Run
from ferkit.runs.reading import read_object

__all__ = ["CARD", "MADE_BY", "SOURCES", "Page", "write_page"]

CARD = "card.json"
MADE_BY = "ferkit export --web"  # in a page's card
SAMPLE = 320  # pixels of the drawn face that a visitor can try
EMPTY: Mapping[str, bytes] = MappingProxyType({})
LEAST = 21  # faces that are drawn at least: three of each emotion


@dataclass(frozen=True)
class Page:
    """A page that was written."""

    path: Path
    bytes: int  # of all its files: what a visitor fetches from a host that compresses nothing
    compressed: int  # the same from a host that gzips what it sends


def write_page(
    run: Run, card: Mapping[str, Any], out: Path, package: Path | None = None, pictures: Mapping[str, bytes] = EMPTY
) -> Page:
    """Write the page into the folder `out`, complete or not at all: page, runtime, float32 model, `card` as card.json,
    `pictures` under their names.

    `package` is the folder of onnxruntime-web. Raises ConfigError where that is missing or `out` is something other
    than a page written before, RunError for a network that ONNX cannot express.
    """
    package = package or find_runtime()
    _check(out)
    with files.atomic_folder(out) as folder:
        shutil.copytree(SOURCES, folder, dirs_exist_ok=True)
        copy_runtime(package, folder / "runtime")
        export(run, None, ["onnx"], folder, store=False)
        _sample(folder / "sample.png")
        for name, content in pictures.items():
            (folder / name).write_bytes(content)
        about = {"made_by": MADE_BY, "runtime": f"ONNX Runtime Web {VERSION}", **card}
        (folder / CARD).write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    return _weighed(out)


def _check(out: Path) -> None:
    """Only a page of ours is replaced."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        ours = read_object(out / CARD, CARD).get("made_by") == MADE_BY
    except Exception:  # a file in place of the folder, no card.json, or another program's
        ours = False
    if not ours:
        raise ConfigError(f"{out} holds something other than a page of `{MADE_BY}`. Choose another folder with --out.")


def _sample(path: Path) -> None:
    """A drawn face that smiles."""
    faces = draw(LEAST, seed=3, size=SAMPLE, colour=True)
    Image.fromarray(faces.images[faces.labels == faces.classes.index("happy")][0]).save(path, optimize=True)


def _weighed(out: Path) -> Page:
    contents = [path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()]
    packed = sum(min(len(content), len(gzip.compress(content, 6))) for content in contents)
    return Page(out, sum(map(len, contents)), packed)
