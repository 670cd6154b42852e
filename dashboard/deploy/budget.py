"""The budget a visitor sets, and what to take for it."""

from collections.abc import Sequence

import streamlit as st

from dashboard import parameters
from dashboard.state import bind, narrow, put, value
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
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.number_input("At most, MB", 0.01, 10_000.0, step=0.1, width=150, **bind(parameters.LARGEST_MB))
        st.number_input("At most, ms a face", 0.01, 10_000.0, step=0.1, width=150, **bind(parameters.LONGEST_MS))
        pick = recommended(found, most_bytes, most_ms)
        if pick is not None:
            st.button(
                "Show its faces", icon=":material/arrow_forward:", key="deploy-pick", on_click=choose,
                args=(pick.run, pick.format),
            )  # fmt: skip
    if said := cautions(found, run):
        st.warning(" ".join(plain(sentence) for sentence in said), icon=":material/warning:")


def choose(run: str, name: str) -> None:
    """Look at a run in one format from now on; for callbacks."""
    narrow(run=run)
    if name in ("int8", "onnx", "float16", "int8-dynamic", "exported-program"):
        put(parameters.EXPORTED, name)
