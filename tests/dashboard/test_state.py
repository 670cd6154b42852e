"""The Selection: there and back through the URL, nothing broken by an untrusted address, one place that changes it."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state import Selection
from tests.pages.components import controls, press

FULL = Selection(
    data="fer2013", split="val", run="a", base="b", true="fear", pred="sad", outcome="wrong", confidence=(0.25, 0.9),
    lasso=((0.5, -1.25), (3.0, 4.0), (-2.0, 1.0)), layout="pca", on="base", face="test/fear/x.jpg",
    tags=("second guess right", "a, b: c"), slices=(("brightness", 0.125, 0.5), ("x:y", -3.0, 2e6)), find="x.jpg",
)  # fmt: skip


def test_a_selection_comes_back_from_its_address() -> None:
    assert Selection.parse(FULL.params()) == FULL
    assert Selection.parse(Selection().params()) == Selection()
    assert Selection().params() == {}


@pytest.mark.parametrize(
    "params",
    [
        {"confidence": "high"}, {"confidence": "0.9-0.1"}, {"confidence": "-1-2"}, {"confidence": "nan-1"},
        {"outcome": "perhaps"}, {"on": "elsewhere"}, {"tags": ","}, {"slices": "brightness"},
        {"slices": "brightness:1:0"},
        {"slices": "brightness:nan:1"}, {"slices": ":0:1"}, {"slices": "brightness:0:inf"},
        {"layout": "../x"}, {"lasso": "1,2_3"}, {"lasso": "1,2_3,4"}, {"lasso": "a,b_c,d_e,f"},
        {"lasso": "nan,1_inf,2_3,4"},
        {"unknown": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_left_out(params: dict[str, str]) -> None:
    assert Selection.parse(params) == Selection()


def test_a_long_value_is_cut() -> None:
    assert len(Selection.parse({"run": "x" * 10_000}).run) == 200


def script() -> None:
    import streamlit as st

    from dashboard import chips
    from dashboard.state import current, narrow

    chips.show(current())
    st.text(repr(current()))
    for name, changes in {
        "cell": {"true": "happy", "pred": "angry"},
        "face": {"face": "one"},
        "run": {"run": "other"},
        "lasso": {"lasso": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))},
        "data": {"data": "mine"},
    }.items():
        st.button(name, key=f"do-{name}", on_click=narrow, kwargs=changes)


def start(selection: Selection) -> AppTest:
    at = AppTest.from_function(script)
    for key, value in selection.params().items():
        at.query_params[key] = value
    return at.run()


def selected(at: AppTest) -> Selection:
    return Selection.parse(
        {key: value if isinstance(value, str) else value[0] for key, value in at.query_params.items()}
    )


def test_the_address_is_taken_over_and_follows() -> None:
    at = start(FULL)
    assert at.text[0].value == repr(FULL)
    at.button(key="do-cell").click().run()
    assert selected(at).true == "happy"
    assert selected(at).face == "", "another filter closes the open face"
    assert selected(at).lasso == FULL.lasso


def test_another_run_drops_the_lasso_and_another_dataset_every_filter() -> None:
    at = start(FULL)
    at.button(key="do-run").click().run()
    assert selected(at).lasso == () and selected(at).on == "", "the map they were drawn on is gone"
    assert selected(at).true == "fear"
    at.button(key="do-data").click().run()
    assert not selected(at).filtered


def test_a_chip_removes_its_filter_alone() -> None:
    at = start(FULL)
    assert {name for name, one in controls(at).items() if one["kind"] == "action"} == {
        "chip-true", "chip-pred", "chip-outcome", "chip-confidence", "chip-lasso", "chip-tags-5", "chip-tags-6",
        "chip-slices-7", "chip-slices-8", "chip-find", "all",
    }  # fmt: skip
    press(at, "chip-tags-5")
    assert selected(at).tags == FULL.tags[1:] and selected(at).slices == FULL.slices
    press(at, "chip-pred")
    assert (selected(at).pred, selected(at).true) == ("", "fear")
    press(at, "all")
    assert not selected(at).filtered
    assert selected(at).run == FULL.run


def test_a_part_of_a_name_finds_faces() -> None:
    at = start(FULL.without("find"))
    press(at, "find", " 1234.jpg ")
    assert selected(at).find == "1234.jpg"
    press(at, "find", "")
    assert selected(at).find == ""
