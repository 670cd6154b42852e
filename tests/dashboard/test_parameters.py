"""View parameters: there and back through the URL, within their bounds, nothing broken by an untrusted value."""

from dataclasses import fields
from typing import Any

import pytest

from dashboard import parameters
from dashboard.parameters import PARAMETERS, choice, flag, integer, names, number, of_page, text
from dashboard.state import Selection

PAGES = ("page",)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (choice("x", PAGES, ("a", "b")), "b"), (flag("x", PAGES), True), (flag("x", PAGES, default=True), False),
        (integer("x", PAGES, 1, 1, 99), 42), (number("x", PAGES, 0.0, 0.0, 1.0), 0.35),
        (text("x", PAGES), "body.4.conv"),
        (names("x", PAGES, 3), ("a, b", "ü&%", "c")), (names("x", PAGES, 3), ()),
    ],
)  # fmt: skip
def test_a_value_comes_back_from_the_address(parameter: parameters.Parameter[Any], value: Any) -> None:
    assert parameter.parse(parameter.format(value)) == value


@pytest.mark.parametrize(
    ("parameter", "written"),
    [
        (choice("x", PAGES, ("a", "b")), "c"), (choice("x", PAGES, ("a", "b")), ""), (flag("x", PAGES), "yes"),
        (integer("x", PAGES, 1, 1, 99), "0"), (integer("x", PAGES, 1, 1, 99), "100"),
        (integer("x", PAGES, 1, 1, 99), "1.5"),
        (integer("x", PAGES, 1, 1, 99), "٣"), (integer("x", PAGES, 1, 1, 99), "9" * 5000),
        (integer("x", PAGES, 1, 1, 99), ""),
        (number("x", PAGES, 0.0, 0.0, 1.0), "nan"), (number("x", PAGES, 0.0, 0.0, 1.0), "1e300"),
        (number("x", PAGES, 0.0, 0.0, 1.0), "high"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_is_out_of_bounds_is_ignored(parameter: parameters.Parameter[Any], written: str) -> None:
    assert parameter.parse(written) is None


def test_long_values_are_cut() -> None:
    assert len(text("x", PAGES).parse("y" * 10_000) or "") == parameters.LONGEST
    assert names("x", PAGES, 2).parse("a,b,c,d") == ("a", "b")


def test_no_two_parameters_of_a_page_have_one_name_nor_that_of_a_filter() -> None:
    selection = {field.name for field in fields(Selection)}
    for page in {page for parameter in PARAMETERS for page in parameter.pages}:
        listed = [parameter.name for parameter in of_page(page)]
        assert len(listed) == len(set(listed)) and not selection & set(listed), page


def test_a_parameter_resets_on_what_there_is() -> None:
    resettable = {field.name for field in fields(Selection)} | {parameter.name for parameter in PARAMETERS}
    assert {name for parameter in PARAMETERS for name in parameter.resets_on} <= resettable
