"""YuNet's file: found, or fetched once, checked by its sha256 and kept in `data/models/`.

    yunet_file()                       # where it is, or None
    get_yunet()                        # fetch it; `get_yunet(Path("Downloads/yunet.onnx"))` takes it from a file

Both files below are the OpenCV Zoo's (MIT) and hold the same network. That of 2026 takes images of any size in every
runtime, that of 2023 in OpenCV alone. Addresses name a commit, and the sha256 decides what is kept.
"""

import contextlib
import hashlib
import os
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from ferkit import files
from ferkit.errors import ConfigError, FerkitError

__all__ = ["SOURCES", "Source", "first_use", "get_yunet", "yunet_file"]

PATIENCE = 5.0  # seconds for all sources together
LARGEST = 1 << 20  # bytes
ZOO = "https://media.githubusercontent.com/media/opencv/opencv_zoo"
HUB = "https://huggingface.co/opencv/face_detection_yunet/resolve"


@dataclass(frozen=True)
class Source:
    """Where a file lies and what it holds."""

    name: str
    url: str
    sha256: str


SOURCES = (
    Source(
        "face_detection_yunet_2026may.onnx",
        f"{ZOO}/26cc381e4d2594bb9f47a26eb8fd96c94a13660d/models/face_detection_yunet/face_detection_yunet_2026may.onnx",
        "ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
    ),
    Source(
        "face_detection_yunet_2023mar.onnx",
        f"{HUB}/3cc26e7f1014a5ee5d74a42acee58bafc9d0a310/face_detection_yunet_2023mar.onnx",
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
)


def yunet_file() -> Path | None:
    """The file that `FERKIT_YUNET` names, else the first `*yunet*.onnx` in `data/models/`, if there is one.

    Raises ConfigError when the variable names a file that is missing.
    """
    named = os.environ.get("FERKIT_YUNET")
    if named and not Path(named).is_file():
        raise ConfigError(
            f"FERKIT_YUNET names {Path(named).name}, which is not there. Correct the variable or unset it."
        )
    found = sorted((path for path in _folder().glob("*.onnx") if "yunet" in path.name.lower()), reverse=True)
    return Path(named) if named else next(iter(found), None)  # the latest release first


def get_yunet(source: Path | None = None, patience: float = PATIENCE) -> Path:
    """Take YuNet from the file `source`, else from the network within `patience` seconds, and keep it; where it lies.

    Raises ConfigError when it cannot be fetched, or is not that file.
    """
    content = _fetched(patience) if source is None else files.read_bytes(source, LARGEST, "YuNet's file", ConfigError)
    known = next((one for one in SOURCES if one.sha256 == hashlib.sha256(content).hexdigest()), None)
    if known is None:
        name = source.name if source else "another file"
        raise ConfigError(
            f"Expected YuNet as the OpenCV Zoo has it ({SOURCES[0].name}), got {name}, whose sha256 differs. "
            f"Download {SOURCES[0].url}"
        )
    path = _folder() / known.name
    with files.atomic_write(path) as partial:
        partial.write_bytes(content)
    return path


def first_use() -> Path | None:
    """Fetch YuNet unless that was tried before or `HF_HUB_OFFLINE` is set; None where it cannot be had."""
    tried = files.cache_dir() / "yunet-tried"
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on") or tried.exists():
        return None
    with contextlib.suppress(OSError):
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.touch()
    try:
        return get_yunet()
    except FerkitError:
        return None


def _folder() -> Path:
    return files.data_dir() / "models"


def _fetched(patience: float) -> bytes:
    """The first source's bytes that are right. In a thread, as nothing else ends the wait for a name server."""
    found: list[bytes] = []
    end = time.monotonic() + patience
    thread = threading.Thread(target=_try_all, args=(end, found), name="yunet", daemon=True)
    thread.start()
    thread.join(patience)
    if not found:
        raise ConfigError(
            f"YuNet could not be fetched within {patience:.0f} seconds. Where there is a network, download "
            f"{SOURCES[0].url} and name it: python -m ferkit faces get-detector --from FILE"
        )
    return found[0]


def _try_all(end: float, found: list[bytes]) -> None:
    for source in SOURCES:
        with contextlib.suppress(Exception):  # no network, a proxy's page, a broken answer: the next one is tried
            content = _download(source.url, end)
            if hashlib.sha256(content).hexdigest() == source.sha256:
                found.append(content)
                return


def _download(url: str, end: float) -> bytes:
    content = b""
    with urllib.request.urlopen(url, timeout=max(0.5, end - time.monotonic())) as answer:
        while len(content) <= LARGEST and time.monotonic() < end and (block := answer.read(1 << 16)):
            content += block
    return content
