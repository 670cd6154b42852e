"""What the app keeps in memory: made once per key, made again after a change; errors as a sentence."""

import os

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import load


def test_a_key_changes_with_the_file(tmp_path) -> None:
    path = tmp_path / "file"
    assert load.key_of(path) == (str(path), 0.0, 0)
    path.write_bytes(b"abc")
    key = load.key_of(path)
    assert key[0] == str(path) and key[1] > 0 and key[2] == 3
    os.utime(path, (1, 1))
    assert load.key_of(path) != key


def test_a_value_is_made_once_per_key() -> None:
    calls: list[int] = []

    def make() -> list[int]:
        calls.append(len(calls))
        return calls

    first = load.cached(("test_load", 1), make)
    assert load.cached(("test_load", 1), make) is first and calls == [0]
    load.cached(("test_load", 2), make)
    assert calls == [0, 1]


def test_an_error_is_one_sentence_without_markdown_and_ends_the_page() -> None:
    def page() -> None:
        import streamlit as st

        from dashboard import load
        from ferkit.errors import DataError

        with load.show_errors():
            raise DataError("![x](http://example.invalid/a.png) is broken.")
        st.text("not reached")

    at = AppTest.from_function(page).run()
    message = r"!\[x\](http:" + "\N{WORD JOINER}" + "//example.invalid/a.png) is broken."
    assert [error.value for error in at.error] == [message]
    assert not at.exception and not at.text


def test_runs_are_read_and_broken_ones_left_out(gray_world, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    world = type(gray_world)(tmp_path / "own")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    world.enter(monkeypatch)
    assert set(load.all_runs()) == {"alpha", "beta"}
    (world.checkpoints / "beta" / "run.json").write_text("no JSON", "utf-8")
    assert set(load.all_runs()) == {"alpha"}


def test_a_dataset_that_is_absent_or_broken_has_no_faces(gray_world, tmp_path, monkeypatch) -> None:
    gray_world.enter(monkeypatch)
    faces = load.faces("tiny")
    assert faces is not None and load.faces("tiny") is faces and load.faces("absent") is None
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    (tmp_path / "tiny.h5").write_bytes(b"no HDF5")
    assert load.faces("tiny") is None
