"""Widgets tied to view parameters: the address sets them, they set the address, each page has its own."""

import pytest
from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from dashboard import parameters, state

    state.enter(st.query_params.get("page", "failures") if "page" not in st.session_state else st.session_state["page"])
    state.current()
    options = ["row", "column", "count"]
    st.segmented_control("Norm", options, required=True, **state.bind(parameters.NORM, options))
    st.number_input("Place", 1, 3, **state.bind(parameters.PLACE, range(1, 4)))
    layers = ["first", "second"]
    st.selectbox("Layer", layers, **state.bind(parameters.LAYER, layers))
    names = (parameters.NORM, None), (parameters.PLACE, range(1, 4)), (parameters.LAYER, layers)
    st.text(" ".join(str(state.value(parameter, given)) for parameter, given in names))
    st.button("Compare", key="compare", on_click=state.enter, args=("compare",))
    st.button("Grad-CAM", key="explanations", on_click=state.enter, args=("explanations",))
    st.button("fear", key="fear", on_click=state.narrow, kwargs={"true": "fear"})
    st.button("face", key="face", on_click=state.narrow, kwargs={"face": "x"})
    st.button("all", key="all", on_click=state.put, args=(parameters.ALL_FACES, True))


def start(**query: str) -> AppTest:
    at = AppTest.from_function(script)
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def address(at: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in at.query_params.items()}


def test_the_address_sets_the_widgets() -> None:
    at = start(norm="count", place="2", run="a")
    assert at.text[0].value == "count 2 first"
    assert at.segmented_control(key="view-norm").value == "count" and at.number_input(key="view-place").value == 2


@pytest.mark.parametrize(("name", "value"), [("norm", "diagonal"), ("place", "77"), ("place", "-1"), ("norm", "")])
def test_a_strangers_value_is_ignored(name: str, value: str) -> None:
    assert start(**{name: value}, run="a").text[0].value == "row 1 first"


def test_the_widgets_set_the_address_and_a_default_is_left_out() -> None:
    at = start(run="a")
    at.segmented_control(key="view-norm").set_value("column").run()
    assert address(at) == {"run": "a", "norm": "column"}
    at.segmented_control(key="view-norm").set_value("row").run()
    assert address(at) == {"run": "a"}


def test_another_filter_starts_the_gallery_again_but_a_face_does_not() -> None:
    at = start(run="a", place="3")
    at.button(key="face").click().run()
    assert at.text[0].value == "row 3 first"
    at.button(key="fear").click().run()
    assert at.text[0].value == "row 1 first" and "place" not in address(at)
    at.number_input(key="view-place").set_value(2).run()
    at.button(key="all").click().run()
    assert at.text[0].value == "row 1 first"


def test_a_shared_value_goes_along_to_another_page_and_a_pages_own_stays_behind() -> None:
    at = start(run="a", norm="count", place="2")
    at.button(key="compare").click().run()
    assert at.text[0].value == "count 1 first"


def test_a_value_that_is_not_an_option_is_replaced_by_the_first() -> None:
    at = start(run="a")
    at.button(key="explanations").click().run()
    at.selectbox(key="view-layer").select("second").run()
    assert at.text[0].value == "row 1 second" and address(at)["layer"] == "second"
    at.selectbox(key="view-layer").select("first").run()
    assert "layer" not in address(at)
