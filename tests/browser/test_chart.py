"""A chart as a visitor uses it: press a mark, drag a rule, hide a series, save three files."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from bench.browser import serving
from tests.browser.waiting import becomes
from tests.worlds import ROOT

pytestmark = pytest.mark.timeout(300)  # seconds
AXIS = "the longest name of an axis that a phone has ever had to show to a visitor"
APP = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
from dashboard.charts.spec import Axis, Bars, Chart, Intervals, Lines, Points, Readout, Rules
from dashboard.components.chart import chart

st.session_state.setdefault("runs", 0)
st.session_state["runs"] += 1
chosen, at = st.session_state.get("chosen"), st.session_state.get("at", 0.5)
bars = Bars([70, 40], ["happy", "=fear"], horizontal=True, name="alpha", colour="#6366f1",
            hover=["happy: 70%", "fear: 40%"], select=[["alpha", "happy"], ["alpha", "fear"]])
other = Bars([60, 50], ["happy", "=fear"], horizontal=True, name="beta", colour="#c478c4")
chart(Chart("Recall per class", Axis("recall", low=0, high=100, suffix="%"), Axis(kind="category"), [bars, other],
            chosen=[chosen] if chosen else []),
      key="bars", on_click=lambda payload: st.session_state.update(chosen=payload))
rule = Rules(at, vertical=True, label="threshold {{}}", draggable=True, step=0.25,
             readout=Readout((0, 0.25, 0.5, 0.75, 1), ("all", "most", "half", "few", "none")))
chart(Chart("Coverage", Axis("threshold", low=0, high=1), Axis("coverage"), [Lines([0, 1], [1, 0]), rule]),
      key="drag", on_drag=lambda value: st.session_state.update(at=value))
lines = [Rules(at, vertical=True, label=label) for at, label in ((60, "all faces"), (62, "one person"))]
level = [Rules(at, label=label) for at, label in ((60, "all"), (62, "person"))]
chart(Chart("Weak", Axis("accuracy", low=0, high=100), Axis(kind="category", names=["first", "second"]),
            [Points([58, 40], ["first", "second"], hover=["first", "second"]), *lines]), key="upright")
chart(Chart("By brightness", Axis("x", low=0, high=1), Axis("accuracy", low=0, high=100),
            [Lines([0, 1], [50, 70]), *level]), key="level")
marks = [Rules(2, vertical=True, label="budget"), Rules(73, label="one person 73.2%")]
places = ((0.05, 60, "lenet int8"), (0.1, 67, "compact-tiny-light int8"), (0.4, 70, "compact-light int8"))
for x, y, name in places:
    marks += [Intervals([x], [y - 2], [y + 2]), Points([x, 3 * x], [y, y], label=[name, ""], hover=[name, name])]
chart(Chart("Cost", Axis({AXIS!r}, kind="log"),
            Axis("accuracy"), marks), key="cost")
st.text(f"chosen {{chosen}} at {{at}} runs {{st.session_state['runs']}}")
"""


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory) -> str:
    entry: Path = tmp_path_factory.mktemp("app") / "app.py"
    entry.write_text(APP, encoding="utf-8")
    with serving(entry) as server:
        yield server.address


@pytest.fixture
def opened(page, address):
    page.goto(address)
    page.locator(".movable").wait_for()
    page.get_by_text("runs 1").wait_for()
    return page


def test_a_mark_is_pressed_by_mouse_and_by_key_and_highlighted(opened) -> None:
    happy, fear = (opened.locator(f'[data-select=\'["alpha","{name}"]\']') for name in ("happy", "fear"))
    happy.hover()
    assert opened.locator(".tip:visible").inner_text() == "happy: 70%"
    happy.click()
    opened.get_by_text("chosen ['alpha', 'happy'] at 0.5 runs 2").wait_for()
    opened.locator(".chosen").wait_for()
    assert happy.evaluate("node => node.classList.contains('chosen')")
    happy.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.get_by_text("chosen ['alpha', 'fear'] at 0.5 runs 3").wait_for()
    assert fear.get_attribute("aria-label") == "fear: 40%"


def test_a_rule_is_dragged_with_its_sentence_and_sends_its_value_once(opened) -> None:
    grip = opened.locator(".grip").bounding_box()
    readout = opened.locator(".readout:visible")
    assert readout.inner_text() == "half"
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    width = opened.locator("svg:has(.movable)").bounding_box()["width"]
    opened.mouse.move(x, y)
    opened.mouse.down()
    opened.mouse.move(x + width / 8, y, steps=3)
    opened.mouse.move(x + width / 4, y, steps=3)
    assert readout.inner_text() == "few" and opened.get_by_text("threshold 0.75").count() == 1
    assert opened.get_by_text("runs 1").count() == 1, "nothing is sent before it is let go"
    opened.mouse.up()
    opened.get_by_text("at 0.75 runs 2").wait_for()
    opened.locator(".movable").focus()
    opened.keyboard.press("ArrowLeft")
    opened.get_by_text("at 0.5 runs 3").wait_for()
    assert readout.inner_text() == "half"


def test_a_name_of_the_legend_hides_its_marks(opened) -> None:
    bars = opened.locator("svg:has(.entry)").first.locator("[fill='#c478c4']")
    assert bars.count() == 3, "two bars and the legend"
    opened.get_by_role("button", name="beta: shown").click()
    assert bars.count() == 1


def saved(page, kind: str) -> tuple[str, bytes]:
    frame = page.locator(".chart").first
    frame.hover()
    frame.get_by_role("button", name="Download").click()
    with page.expect_download() as made:
        frame.locator(f"[data-as={kind}]").click()
    return made.value.suggested_filename, Path(made.value.path()).read_bytes()


def test_it_is_saved_as_png_svg_and_csv(opened) -> None:
    name, content = saved(opened, "csv")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert name == "recall-per-class.csv" and rows[0] == ["series", "recall", "y"]
    assert rows[1:3] == [["alpha", "70", "happy"], ["alpha", "40", "'=fear"]] and len(rows) == 5
    name, content = saved(opened, "svg")
    drawing = ElementTree.fromstring(content)
    texts = list(drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert name == "recall-per-class.svg" and "Recall per class" in [node.text for node in texts]
    assert all(node.get("font-family") and node.get("fill", "").startswith("rgb") for node in texts)
    assert b"var(" not in content and b"class=" not in content
    name, content = saved(opened, "png")
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert name == "recall-per-class.png" and picture.shape[1] == 2 * float(drawing.get("width"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10


def on_a_phone(opened) -> None:
    """All charts are drawn anew for a phone's width."""
    opened.set_viewport_size({"width": 390, "height": 800})
    widths = "all => all.map((svg) => Number(svg.getAttribute('width')) - Math.floor(svg.parentElement.clientWidth))"
    charts = opened.locator("svg:has(.title)")
    becomes(opened, lambda: not any(charts.evaluate_all(widths)) and charts.last.bounding_box()["width"] <= 390)


def test_no_chart_is_wider_than_a_phone(opened) -> None:
    on_a_phone(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    for svg in opened.locator("svg:has(.title)").all():
        assert svg.bounding_box()["width"] <= 390


def test_on_a_phone_labels_cover_neither_each_other_nor_points_nor_the_upright_rule(opened) -> None:
    on_a_phone(opened)
    chart = opened.locator(".st-key-cost")
    chart.locator("text", has_text="lenet int8").wait_for()
    words = {one.text_content(): one.bounding_box() for one in chart.locator("svg > g:nth-child(2) text").all()}
    assert {"budget", "one person 73.2%", "lenet int8", "compact-light int8"} <= set(words)
    points = [one.bounding_box() for one in chart.locator("circle:not(.ring)").all()]
    assert len(points) == 6
    upright = chart.locator(".rule line").first.bounding_box()
    boxes = list(words.items())
    for i, (name, one) in enumerate(boxes):
        for other in [*(box for _, box in boxes[:i]), *points]:
            assert apart(one, other), (name, one, other)
    for name in ("budget", "one person 73.2%"):
        assert apart(words[name], upright), name


def test_on_a_phone_the_name_of_an_axis_has_two_lines(opened) -> None:
    on_a_phone(opened)
    first = opened.locator(".st-key-cost text.soft", has_text="name of an axis")
    rest = opened.locator(".st-key-cost text.soft", has_text="to a visitor")
    assert f"{first.text_content()} {rest.text_content()}" == AXIS


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two boxes do not cover each other; that of a text is six pixels higher than its letters."""
    below = one["y"] + one["height"] <= other["y"] + 7 or other["y"] + other["height"] <= one["y"] + 7
    return below or one["x"] + one["width"] <= other["x"] + 1 or other["x"] + other["width"] <= one["x"] + 1


def test_labels_of_rules_cover_neither_points_nor_each_other(opened) -> None:
    for key in ("upright", "level"):
        labels = [one.bounding_box() for one in opened.locator(f".st-key-{key} .rule text").all()]
        points = [one.bounding_box() for one in opened.locator(f".st-key-{key} circle:not(.ring)").all()]
        boxes = [*labels, *points]
        assert len(labels) == 2 and len(points) == (2 if key == "upright" else 0)
        for i, one in enumerate(boxes):
            for other in boxes[:i]:
                assert apart(one, other), (key, one, other)

    def boxes_of(part: str) -> list[dict[str, float]]:
        found = [one.bounding_box() for one in opened.locator(f".st-key-upright .rule {part}").all()]
        return sorted(found, key=lambda box: box["x"])

    (left, right), (first, second) = boxes_of("line"), boxes_of("text")
    assert first["x"] + first["width"] < left["x"] < right["x"] < second["x"]  # each beside its own line
