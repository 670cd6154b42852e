"""A row of controls: what each takes from the browser, and what it shows."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.toolbar import Action, Control, Field, Number, Segments, Several, Span, Stops, Switch, Words
from tests.pages.components import control, press, sent

AB = {"a": "First", "b": "Second"}


def page() -> None:
    import streamlit as st

    from dashboard.components.toolbar import Action, Field, Segments, Several, Span, toolbar

    seen = st.session_state.setdefault("seen", [])
    several = {"a": "First", "b": "Second", "c": "Th\x1bird"}
    toolbar(
        [
            Segments("one", "One", {"a": "First", "b": "Second"}, "a", on_change=seen.append),
            Several("some", "Some", several, ("a",), most=2, on_change=seen.append),
            Span("range", "Range", (10, 90), on_change=seen.append),
            Field("find", "Find", "", on_change=seen.append),
            Action("go", "Go", on_change=seen.append),
            Action("stop", "Stop", disabled=True, on_change=seen.append),
        ],
        key="row",
    )


@pytest.fixture
def at() -> AppTest:
    return AppTest.from_function(page).run()


@pytest.mark.parametrize(
    ("name", "value"), [("one", "b"), ("some", ["b", "a"]), ("range", [0, 55]), ("find", "x.png"), ("go", None)]
)
def test_a_value_reaches_its_listener(at: AppTest, name: str, value: Any) -> None:
    press(at, name, value)
    assert not at.exception and at.session_state["seen"] == [value]


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        (Segments("n", "l", AB, "a"), "c"),
        (Segments("n", "l", AB, "a"), ["a"]),
        (Several("n", "l", AB, ()), ["c"]),
        (Several("n", "l", AB, ()), ["a", "a"]),
        (Several("n", "l", AB, (), most=1), ["a", "b"]),
        (Several("n", "l", AB, ()), "ab"),
        (Several("n", "l", AB, ()), [["a"]]),
        (Switch("n", "l", True), 1),
        (Field("n", "l", ""), "x" * 201),
        (Field("n", "l", ""), None),
        (Number("n", "l", 1.0, 0.0, 2.0, 0.1), 2.1),
        (Number("n", "l", 1.0, 0.0, 2.0, 0.1), True),
        (Number("n", "l", 1.0, 0.0, 2.0, 0.1), float("nan")),
        (Stops("n", "l", AB, "a"), 0),
        (Span("n", "l", (0, 100)), [60, 40]),
        (Span("n", "l", (0, 100)), [0, 101]),
        (Span("n", "l", (0, 100)), [0.5, 50]),
        (Span("n", "l", (0, 100)), [0]),
        (Action("n", "l", disabled=True), None),
        (Action("n", "l"), 3),
        (Words("n", "l"), None),
    ],
)
def test_what_is_not_offered_is_not_taken(shown: Control, value: Any) -> None:
    assert not shown.accepts(value)


def test_an_unknown_control_and_a_disabled_one_change_nothing(at: AppTest) -> None:
    press(at, "stop")
    press(at, "one", "z")
    assert not at.exception and at.session_state["seen"] == []


def test_texts_are_printable_and_options_keep_their_order(at: AppTest) -> None:
    assert control(at, "some")["options"] == [["a", "First"], ["b", "Second"], ["c", "Th\\x1bird"]]
    assert [one["kind"] for one in sent(at, "toolbar")[0]["controls"]] == [
        "segments", "several", "span", "field", "action", "action",
    ]  # fmt: skip
    assert "on_change" not in control(at, "one")
