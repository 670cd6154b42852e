"""Untrusted names of classes and runs, and addresses: shown as they are, never read as Markdown."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from google.protobuf.json_format import MessageToDict
from streamlit.proto.Html_pb2 import Html

from dashboard.words import plain
from ferkit.data import store
from tests.pages.components import control

IMAGE, FORMULA = "![x](http://example.invalid/a.png)", "$^$"
RUN, BASE = "a _b_ c", "www.example.com"  # emphasis and a link, were they Markdown
MARKDOWN = {"body", "label", "help", "caption", "delta", "deltaDescription", "placeholder", "text"}
PAGES = [path.stem for path in sorted((Path(__file__).parents[2] / "pages").glob("*.py"))]
FORBIDDEN = {
    "an image": re.compile(r"!\["),
    "a formula": re.compile(r"(?<!\\)\$"),
    "emphasis": re.compile(r"(?<!\\)\b_b_|_b(?<!\\)_"),
    "a link": re.compile(r"www\.example"),
}


@pytest.fixture
def hostile_world(gray_world, tmp_path, monkeypatch) -> Any:
    """`gray_world`, where the classes angry and happy, and both runs, have hostile names."""
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
        folder.rename(folder.with_name({"alpha": RUN, "beta": BASE}[folder.name]))
    world.enter(monkeypatch)
    faces = store.load("tiny")
    store.save(replace(faces, classes=tuple(names.get(name, name) for name in faces.classes)))
    return world


def markdown(at: Any) -> list[str]:
    """Every string that the app hands to Markdown, code spans left out. HTML is not Markdown: its names are escaped."""
    protos = [element.proto for element in (*at.main, *at.sidebar) if element.proto is not None]
    protos = [proto for proto in protos if not isinstance(proto, Html)]
    return [re.sub(r"`[^`]*`", "", text) for proto in protos for text in _strings(MessageToDict(proto))]


def _strings(proto: Any) -> Iterator[str]:
    """Texts of an element in the fields that are Markdown; options are, where they are objects with a content."""
    if isinstance(proto, list):
        for item in proto:
            yield from _strings(item)
    elif isinstance(proto, dict):
        for field, item in proto.items():
            if field in MARKDOWN or field == "content":
                yield from [item] if isinstance(item, str) else _strings(item)
            elif not isinstance(item, str):
                yield from _strings(item)


def assert_plain(at: Any) -> None:
    assert not at.exception
    for text in markdown(at):
        for what, pattern in FORBIDDEN.items():
            assert not pattern.search(text), f"{what} in {text!r}"


def test_what_would_be_markdown_is_recognised() -> None:
    from streamlit.testing.v1 import AppTest

    def page() -> None:
        import streamlit as st

        st.markdown("![x](http://example.invalid/a.png)")
        st.segmented_control("Runs", ["a _b_ c"])
        st.metric("$^$", "www.example.com")

    texts = "\n".join(markdown(AppTest.from_function(page).run()))
    assert all(pattern.search(texts) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("page", PAGES)
def test_names_are_never_markdown(app, hostile_world, channel, page: str) -> None:
    face = store.load("tiny").split("val").ids[0]
    at = app(hostile_world, page, data="tiny", run=RUN, base=BASE, true=IMAGE, face=str(face))
    assert_plain(at)


@pytest.mark.parametrize("page", ["failures", "embeddings"])
def test_class_names_are_shown(app, hostile_world, page: str) -> None:
    at = app(hostile_world, page, data="tiny", run=RUN, true=IMAGE)
    assert any(plain(IMAGE) in text for text in markdown(at)), "as a chip"


@pytest.mark.parametrize("page", ["failures", "compare"])
def test_a_cell_of_hostile_classes_is_never_markdown(app, hostile_world, page: str) -> None:
    assert_plain(app(hostile_world, page, data="tiny", run=RUN, base=BASE, true=FORMULA, pred=IMAGE))


@pytest.mark.parametrize(("page", "key"), [("photo", "example-button"), ("video", "example-video-button")])
def test_a_reading_with_hostile_classes_is_never_markdown(app, hostile_world, page: str, key: str) -> None:
    at = app(hostile_world, page, data="tiny", run=RUN)
    at.button(key=key).click().run()
    assert_plain(at)


@pytest.mark.parametrize("page", PAGES)
def test_a_broken_run_and_no_images_are_never_markdown(app, hostile_world, channel, page: str) -> None:
    next(hostile_world.data.glob("tiny*")).unlink()
    (hostile_world.checkpoints / BASE / "run.json").write_text(f'{{"status": "{IMAGE}"}}', "utf-8")
    assert_plain(app(hostile_world, page, data="tiny", run=RUN))


def test_a_class_in_the_address_that_does_not_exist_is_never_markdown(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", true=IMAGE, pred=FORMULA, face=IMAGE)
    assert_plain(at)
    assert control(at, "chip-true")["label"] == f"true: {IMAGE}", "as text, not as Markdown"
