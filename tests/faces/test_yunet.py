"""YuNet's file: fetched within a few seconds, checked, kept; refused in one sentence where it is another."""

import hashlib
import socket
import time
from pathlib import Path

import pytest

from ferkit.errors import ConfigError
from ferkit.faces import yunet as module
from ferkit.faces.yunet import SOURCES, Source, first_use, get_yunet, yunet_file

CONTENT = b"a small network"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Source]:
    """Two addresses, the first of which gives a proxy's page; nothing is kept yet and nothing was tried."""
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FERKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    (tmp_path / "page").write_bytes(b"<html>Please log in</html>")
    (tmp_path / "right").write_bytes(CONTENT)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    made = [Source(f"yunet_{n}.onnx", (tmp_path / n).as_uri(), sha256) for n in ("page", "right")]
    monkeypatch.setattr(module, "SOURCES", tuple(made))
    return made


def test_each_address_names_a_commit_and_each_file_a_sha256() -> None:
    for source in SOURCES:
        assert source.url.startswith("https://") and source.url.endswith(source.name) and "/main/" not in source.url
        assert len(bytes.fromhex(source.sha256)) == 32


def test_the_first_right_content_is_kept(sources: list[Source], tmp_path: Path) -> None:
    assert yunet_file() is None
    path = get_yunet()
    assert path == yunet_file() and path.read_bytes() == CONTENT and path.parent == tmp_path / "data" / "models"
    assert [file.name for file in path.parent.iterdir()] == [path.name], "nothing else is left"


def test_a_file_takes_the_place_of_a_network(
    sources: list[Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_fetched", lambda patience: pytest.fail("asked the network"))
    assert get_yunet(tmp_path / "right").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"", b"<html>", b"x" * (module.LARGEST + 1)], ids=["empty", "page", "large"])
def test_another_file_is_refused_and_nothing_kept(sources: list[Source], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.onnx").write_bytes(content)
    with pytest.raises(ConfigError, match=r"^Expected .*\.onnx") as raised:
        get_yunet(tmp_path / "other.onnx")
    assert "\n" not in str(raised.value) and yunet_file() is None
    with pytest.raises(ConfigError, match=r"missing\.onnx"):
        get_yunet(tmp_path / "missing.onnx")


def test_a_server_that_never_answers_costs_no_more_than_the_patience(
    sources: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/yunet.onnx"
        monkeypatch.setattr(module, "SOURCES", (Source("yunet.onnx", url, sources[0].sha256),))
        began = time.monotonic()
        with pytest.raises(ConfigError, match=r"could not be fetched within 0 seconds.*get-detector --from FILE"):
            get_yunet(patience=0.3)
        assert time.monotonic() - began < 30, "it never answers"


def test_the_first_use_tries_once(sources: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail(patience: float) -> bytes:
        tries.append(patience)
        raise ConfigError("No network.")

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert first_use() is None
    monkeypatch.delenv("HF_HUB_OFFLINE")
    right = module._fetched
    monkeypatch.setattr(module, "_fetched", fail)
    assert first_use() is None and first_use() is None and len(tries) == 1
    (module.files.cache_dir() / "yunet-tried").unlink()
    monkeypatch.setattr(module, "_fetched", right)
    assert first_use() == yunet_file() is not None
