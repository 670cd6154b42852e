"""ONNX Runtime for browsers: an npm package, pinned in package.json, that a web page carries with it."""

import gzip
import json
import shutil
from pathlib import Path

from ferkit.errors import ConfigError

__all__ = ["BINARY", "PACKAGE", "SCRIPT", "SOURCES", "VERSION", "copy_runtime", "find_runtime"]

SOURCES = Path(__file__).with_name("web")  # of the page: modules that the dashboard uses too
PACKAGE = "onnxruntime-web"
VERSION = "1.30.0"
SCRIPT = "ort.wasm.bundle.min.mjs"  # for processors alone: no WebGPU, no WebNN
BINARY = "ort-wasm-simd-threaded.wasm"  # the smallest build of that version
HOW = f"Get it: npm ci in a checkout of ferkit, elsewhere npm install {PACKAGE}@{VERSION}"


def find_runtime(places: tuple[Path, ...] = ()) -> Path:
    """The package's folder, in node_modules of `places`; without them, of the current folder and of the checkout.

    Raises ConfigError, which says how to get it, where it is not there or is another version.
    """
    for place in places or (Path.cwd(), Path(__file__).resolve().parents[2]):
        folder = place / "node_modules" / PACKAGE
        if not folder.is_dir():
            continue
        if (found := _version(folder)) != VERSION:
            raise ConfigError(f"A web page needs {PACKAGE} {VERSION}; {folder} is {found}. {HOW}")
        if missing := [name for name in (SCRIPT, BINARY) if not (folder / "dist" / name).is_file()]:
            raise ConfigError(f"{folder} has no dist/{missing[0]}. {HOW}")
        return folder
    raise ConfigError(f"A web page needs {PACKAGE} {VERSION}, which is not installed. {HOW}")


def copy_runtime(package: Path, folder: Path) -> None:
    """Put the script and its WebAssembly into `folder`: ort.mjs and ort-wasm.bin.

    The latter is gzipped, and unpacked by the page itself, so that it is small on hosts that compress nothing.
    """
    folder.mkdir(parents=True)
    shutil.copyfile(package / "dist" / SCRIPT, folder / "ort.mjs")
    packed = gzip.compress((package / "dist" / BINARY).read_bytes(), 9, mtime=0)
    (folder / "ort-wasm.bin").write_bytes(packed)


def _version(folder: Path) -> str:
    try:
        return str(json.loads((folder / "package.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return "of an unknown version"
