"""The controls of a page by keyboard and by their names, as a screen reader has them: what is chosen is in the address,
and the focus stays."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)  # seconds: a busy machine is not a failure

FOCUSED = """() => {
  let here = document.activeElement;
  while (here?.shadowRoot?.activeElement) here = here.shadowRoot.activeElement;
  return here?.value ?? here?.id;
}"""


@pytest.fixture
def opened(server: Any, gray_world: Any, page: Any, visit: Any) -> Any:
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha&base=beta&all=1")
    return page


def test_the_arrow_keys_go_through_segments(opened: Any, drawn: Any) -> None:
    group = opened.get_by_role("radiogroup", name="Shares")
    assert group.get_by_role("radio").count() == 3
    group.get_by_role("radio", name="by row").focus()
    opened.keyboard.press("ArrowRight")
    opened.wait_for_url(re.compile("norm=column"))
    drawn(opened)
    assert group.get_by_role("radio", name="by column").is_checked() and opened.evaluate(FOCUSED) == "column"


def test_a_name_is_searched_at_enter_and_its_chip_removes_it(opened: Any, drawn: Any) -> None:
    field = opened.get_by_role("searchbox", name="Find by file name")
    field.fill("nothing is called so")
    field.press("Enter")
    opened.wait_for_url(re.compile("find="))
    drawn(opened)
    assert opened.evaluate(FOCUSED) == "nothing is called so", "it may be written on"
    opened.get_by_role("button", name="name contains: nothing is called so").press("Enter")
    drawn(opened)
    opened.get_by_text("No filter").wait_for()
    assert "find=" not in opened.url and field.input_value() == ""


def test_the_ends_of_a_span_do_not_pass_each_other(opened: Any, drawn: Any) -> None:
    low = opened.get_by_role("slider", name="Confidence from")
    low.focus()
    opened.keyboard.press("ArrowRight")
    opened.wait_for_url(re.compile(r"confidence=0\.01-1"))
    drawn(opened)
    assert opened.get_by_role("button", name="confidence 1%–100%").is_visible()
    opened.get_by_role("slider", name="Confidence to").fill("0")
    opened.wait_for_url(re.compile(r"confidence=0\.01-0\.01"))


def test_a_switch_is_reached_and_says_what_it_is_for(opened: Any, drawn: Any) -> None:
    switch = opened.get_by_role("switch", name="Order by confusion")
    switch.focus()
    opened.keyboard.press("Space")
    opened.wait_for_url(re.compile("order=1"))
    drawn(opened)
    assert switch.is_checked()
    opened.keyboard.press("Tab")
    assert opened.get_by_text("Classes that are confused with each other stand side by side").is_visible()


def test_runs_are_added_and_removed(opened: Any, drawn: Any, visit: Any) -> None:
    visit(opened, opened.url.replace("/failures", "/compare"))
    opened.get_by_role("button", name="Remove beta").press("Enter")
    opened.get_by_text("Choose a second run to compare with.").wait_for()
    opened.get_by_label("Runs", exact=True).select_option("beta")
    opened.get_by_role("button", name="Remove beta").wait_for()
    drawn(opened)
    assert "base=beta" in opened.url
