"""What is lost when a run leaves this machine? Accuracy against latency and size of every exported format, and the
faces whose answer changes."""

import streamlit as st

from dashboard import chips, controls, palette, parameters, view
from dashboard.charts.deploy import accuracy_by_cost
from dashboard.components.chart import chart
from dashboard.deploy import budget, exporting, flipped, formats, stored
from dashboard.deploy.stored import Measured
from dashboard.results import ceiling
from dashboard.state import current, value
from dashboard.words import plain

COSTS = {"latency": "ms", "size": "bytes"}


@st.fragment
def explore() -> None:
    """The recommendation, then chart and table beside the faces: a click runs this alone."""
    selection = current()
    found = stored.measured(selection)
    for sentence in found.broken:
        st.warning(plain(sentence), icon=":material/error:")
    if found.outdated:
        names = ", ".join(map(plain, found.outdated))
        st.warning(f"Trained again since they were exported: {names}. Export them again.", icon=":material/update:")
    if not found.records:
        stored.nothing(selection)
        exporting.show(view.run_of(selection), selection.data)
        return
    budget.show(found.candidates, selection.run)
    left, right = st.columns([13, 9], gap="medium")
    with left:
        _chart(found, selection.run)
    with right.container(key="answer"):
        _faces(found)
    with st.container(border=True):
        exporting.show(view.run_of(selection), selection.data)


def _chart(found: Measured, run: str) -> None:
    """Accuracy against what is chosen, and the formats of the run in numbers."""
    timed = any(one.ms is not None for one in found.candidates)
    options = [name for name in COSTS if timed or name != "latency"]
    with st.container(border=True):
        controls.show(controls.segments(parameters.COST, "Against", options, bare=True), key="cost")
        cost = COSTS[value(parameters.COST, options)]
        most_bytes, most_ms = budget.budget()
        chosen = (run, value(parameters.EXPORTED))
        spec = accuracy_by_cost(
            found.candidates,
            cost,
            most_ms if cost == "ms" else most_bytes,
            palette.of([one.run for one in found.candidates]),
            chosen,
        )
        spec = ceiling.with_line(spec, current().data, "val")
        chart(spec, key="deploy-chart", on_click=lambda pair: budget.choose(*pair))
        st.caption(
            "Named: each one that is more accurate than all that cost as much or less. Filled: ONNX float32; hollow: "
            "PyTorch; diamond: int8; cross: dynamic int8; dash: float16; tick: torch.export. Hover for the rest; a "
            "click shows the faces it changes."
        )
        stored.elsewhere(found)
    view.as_released("Accuracies of exported formats")
    if run in found.records:
        formats.show(found.candidates, found.records[run], run)


def _faces(found: Measured) -> None:
    """The gallery of the chosen run and format."""
    selection = current()
    chips.show(selection)
    if selection.run not in found.records:
        st.info(
            f"**{plain(selection.run)}** has not been exported and scored on **{plain(selection.data)}**. Export it "
            "below, or click a point of the chart.",
            icon=":material/rocket_launch:",
        )
        return
    flipped.show(view.of(selection), found.records[selection.run])


explore()
