"""The budget a visitor sets, and what to take for it."""

from collections.abc import Sequence

import streamlit as st

from dashboard import controls, parameters
from dashboard.components.toolbar import Action, Control
from dashboard.state import narrow, put, value
from dashboard.words import plain
from ferkit.deploy.choice import Candidate, cautions, recommend, recommended

__all__ = ["budget", "show"]


def budget() -> tuple[float, float]:
    """Bytes and milliseconds."""
    return 1e6 * value(parameters.LARGEST_MB), value(parameters.LONGEST_MS)


def show(found: Sequence[Candidate], run: str) -> None:
    """The recommendation in words, the two fields of the budget, and where a smaller format is slower or worse."""
    most_bytes, most_ms = budget()
    st.markdown(f"### {plain(recommend(found, most_bytes, most_ms))}")
    row: list[Control] = [
        controls.number(parameters.LARGEST_MB, "At most, MB", 0.01, 10_000.0, 0.1),
        controls.number(parameters.LONGEST_MS, "At most, ms a face", 0.01, 10_000.0, 0.1),
    ]
    pick = recommended(found, most_bytes, most_ms)
    if pick is not None:
        row.append(Action("pick", "Show its faces", on_change=lambda _: choose(pick.run, pick.format)))
    controls.show(*row, key="deploy-budget")
    if said := cautions(found, run):
        st.warning(" ".join(plain(sentence) for sentence in said), icon=":material/warning:")


def choose(run: str, name: str) -> None:
    """Look at a run in one format from now on; for callbacks."""
    narrow(run=run)
    if name in ("int8", "onnx", "float16", "int8-dynamic", "exported-program"):
        put(parameters.EXPORTED, name)
