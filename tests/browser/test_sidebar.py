"""The sidebar's lists and its switch: what is chosen is in the address, and the rest follows."""

import re
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)  # seconds: a busy machine is not a failure


@pytest.fixture
def opened(server: Any, gray_world: Any, page: Any, visit: Any) -> Any:
    visit(page, f"{server(gray_world)}/failures?data=tiny&run=alpha&base=beta&all=1")
    return page


def test_the_baseline_chosen_as_run_swaps_the_two(opened: Any, drawn: Any) -> None:
    opened.get_by_label("Run", exact=True).press("b")  # beta
    opened.wait_for_url(re.compile("run=beta"))
    drawn(opened)
    assert "base=alpha" in opened.url
    assert opened.get_by_label("Baseline", exact=True).input_value() == "alpha"
    opened.go_back()
    drawn(opened)
    assert opened.get_by_label("Run", exact=True).input_value() == "alpha"


def test_the_switch_leaves_copies_out_and_keeps_the_focus(opened: Any, drawn: Any) -> None:
    counted = opened.locator(".gallery").get_attribute("data-count")
    switch = opened.get_by_role("switch", name="De-duplicated")
    switch.focus()
    opened.keyboard.press("Space")
    opened.wait_for_url(re.compile("dedup=1"))
    drawn(opened)
    assert switch.is_checked()
    assert int(opened.locator(".gallery").get_attribute("data-count")) < int(counted)


def test_a_list_says_what_it_is_for_and_works_from_the_keyboard(opened: Any, drawn: Any) -> None:
    opened.get_by_role("button", name="Choose on val; look at test once, at the end.").hover()
    assert opened.get_by_text("Choose on val; look at test once, at the end.").is_visible()
    split = opened.get_by_label("Split", exact=True)
    split.focus()
    opened.keyboard.press("ArrowDown")
    opened.wait_for_url(re.compile("split="))
    drawn(opened)
    assert f"split={split.input_value()}" in opened.url
