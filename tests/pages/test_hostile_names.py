"""Class names and addresses from strangers: shown as they are, never read as Markdown."""

import json
import re
import shutil
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dashboard.words import plain
from ferkit.data import store

IMAGE, FORMULA = "![x](http://example.invalid/x.png)", "$^$"


@pytest.fixture
def hostile_world(gray_world, tmp_path, monkeypatch) -> Any:
    """`gray_world`, where the classes angry and happy have hostile names."""
    world = type(gray_world)(tmp_path / "hostile")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    names = {"angry": IMAGE, "happy": FORMULA}
    for folder in world.checkpoints.iterdir():
        text = (folder / "run.json").read_text("utf-8")
        for old, new in names.items():
            text = text.replace(f'"{old}"', json.dumps(new))
        (folder / "run.json").write_text(text, "utf-8")
        frame = pd.read_parquet(folder / "val.parquet")
        frame = frame.rename(columns={f"logit {old}": f"logit {new}" for old, new in names.items()})
        frame.to_parquet(folder / "val.parquet", index=False)
    world.enter(monkeypatch)
    faces = store.load("tiny")
    store.save(replace(faces, classes=tuple(names.get(name, name) for name in faces.classes)))
    return world


def markdown(at: Any) -> str:
    """All that the page hands to Markdown."""
    texts = [*at.markdown, *at.caption, *at.info, *at.warning, *at.error, *at.title, *at.subheader]
    return "\n".join([text.value for text in texts] + [button.label for button in at.button])


@pytest.mark.parametrize("page", ["failures", "embeddings"])
def test_class_names_are_never_markdown(app, hostile_world, page: str) -> None:
    at = app(hostile_world, page, data="tiny", run="alpha", true=IMAGE)
    assert not at.exception
    shown = markdown(at)
    assert plain(IMAGE) in shown, "as a chip"
    assert "![" not in shown and not re.search(r"(?<!\\)\$", shown)


def test_a_class_in_the_address_that_does_not_exist_is_never_markdown(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", true=IMAGE, pred=FORMULA, face=IMAGE)
    assert not at.exception
    shown = markdown(at)
    assert plain(IMAGE) in shown and "![" not in shown and not re.search(r"(?<!\\)\$", shown)
