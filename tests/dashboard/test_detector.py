"""The pages say which detector is at work, and get the better one."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.camera import detector
from ferkit.errors import ConfigError
from ferkit.faces import yunet as module
from ferkit.faces.yunet import Source
from tests.worlds import World


@pytest.mark.parametrize("page", ["photo", "video", "webcam"])
def test_without_yunet_there_is_a_button(
    app: Callable, gray_world: World, page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = app(gray_world, page, mode="snapshots") if page == "webcam" else app(gray_world, page)
    assert not at.exception and any("Haar cascade finds the faces" in caption.value for caption in at.caption)

    def offline() -> Path:
        raise ConfigError("YuNet could not be fetched within 5 seconds.")

    monkeypatch.setattr(detector, "get_yunet", offline)
    at.button(key="get-yunet").click().run()
    assert [error.value for error in at.error] == ["YuNet could not be fetched within 5 seconds."]
    at.run()
    assert not at.error and at.button(key="get-yunet")


def test_with_yunet_there_is_a_line(
    app: Callable, gray_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = type(gray_world)(tmp_path / "own")
    (tmp_path / "own" / "data").mkdir(parents=True, exist_ok=True)
    world.checkpoints.mkdir(parents=True, exist_ok=True)
    (tmp_path / "file").write_bytes(b"network")
    known = Source("a_yunet.onnx", (tmp_path / "file").as_uri(), hashlib.sha256(b"network").hexdigest())
    monkeypatch.setattr(module, "SOURCES", (known,))
    at = app(gray_world, "video")
    monkeypatch.setenv("FERKIT_DATA", str(world.data))
    at.button(key="get-yunet").click().run()
    assert (world.data / "models" / "a_yunet.onnx").is_file()
    assert any(caption.value == "YuNet finds the faces." for caption in at.caption)
    assert "get-yunet" not in [button.key for button in at.button]
