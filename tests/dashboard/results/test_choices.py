"""Runs side by side, in the address."""

from streamlit.testing.v1 import AppTest

from tests.pages.components import press


def page() -> None:
    import streamlit as st

    from dashboard import state
    from dashboard.results import choices

    state.enter("compare")
    selection = state.current()
    chosen = choices.runs(selection, ["a", "b", "c", "d", "e"], key="runs")
    st.text(" ".join(chosen))


def start(**query: str) -> AppTest:
    at = AppTest.from_function(page)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def address(at: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}


def test_run_baseline_and_more_come_from_the_address_unknown_ones_left_out() -> None:
    assert start(run="b", base="a", more="d,x").text[0].value == "b a d"


def test_the_first_two_chosen_become_run_and_baseline() -> None:
    at = start(run="b", base="a")
    press(at, "runs", ["c", "d", "e"])
    assert address(at) == {"run": "c", "base": "d", "more": "e"} and at.text[0].value == "c d e"
