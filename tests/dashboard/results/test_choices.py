"""Runs side by side and which faces count: both in the address."""

from streamlit.testing.v1 import AppTest


def page(leaked: int = 3) -> None:
    import streamlit as st

    from dashboard import state
    from dashboard.results import choices

    state.enter("compare")
    selection = state.current()
    chosen = choices.runs(selection, ["a", "b", "c", "d", "e"], key="runs")
    st.text(f"{' '.join(chosen)} {choices.dedup(leaked, 20)}")


def start(leaked: int = 3, **query: str) -> AppTest:
    at = AppTest.from_function(page, args=(leaked,))
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def address(at: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}


def test_run_baseline_and_more_come_from_the_address_unknown_ones_left_out() -> None:
    assert start(run="b", base="a", more="d,x").text[0].value == "b a d False"


def test_the_first_two_chosen_become_run_and_baseline() -> None:
    at = start(run="b", base="a")
    at.multiselect(key="runs").set_value(["c", "d", "e"]).run()
    assert address(at) == {"run": "c", "base": "d", "more": "e"} and at.text[0].value == "c d e False"


def test_which_faces_count_can_be_chosen_only_where_some_are_copies() -> None:
    at = start(run="a")
    at.segmented_control(key="view-dedup").set_value(True).run()
    assert at.text[0].value == "a True" and address(at)["dedup"] == "1"
    none = start(0, run="a", dedup="1")
    assert none.text[0].value == "a False" and not none.segmented_control
