"""What can run a run, and how fast: PyTorch, torch.compile, ONNX Runtime and OpenVINO, for one face and for many."""

import streamlit as st

from dashboard.components.table import Column, table
from dashboard.words import count
from ferkit.deploy.engines import ENGINES
from ferkit.deploy.record import Deployment, Latency
from ferkit.deploy.sentences import milliseconds

__all__ = ["show"]

TIMES = {
    (1, 1): "1 face",
    (2, 1): "1 face, 2 threads",
    (2, 32): "32 faces, 2 threads",
    (2, 256): "256 faces, 2 threads",
}


def show(one: Deployment, run: str) -> None:
    """A row per engine that was timed; nothing where one face on one thread is all there is."""
    found = [name for name in ENGINES if any(latency.engine == name for latency in one.latency)]
    asked = {place: text for place, text in TIMES.items() if any(one.latency_of(name, *place) for name in found)}
    if len(asked) < 2 and not {"compile", "openvino"} & set(found):
        return
    st.markdown("**Every engine**")
    columns = {"engine": Column("Engine")} | {
        _key(place): Column(text, milliseconds, help="Median for a batch") for place, text in asked.items()
    }
    columns |= {
        "rate": Column("Faces a second", count, help="Of the fastest batch"),
        "memory": Column("Memory", lambda value: f"{value:,.0f} MB", help="Of the process, at most"),
    }
    table([_row(one, name, list(asked)) for name in found], columns, title=f"{run} in every engine", key="engines")


def _key(place: tuple[int, int]) -> str:
    return f"{place[0]} {place[1]}"


def _row(one: Deployment, name: str, asked: list[tuple[int, int]]) -> dict[str, object]:
    mine: list[Latency] = [latency for latency in one.latency if latency.engine == name]
    times = {_key(place): latency.p50 if (latency := one.latency_of(name, *place)) else None for place in asked}
    rate = max(1000 * latency.batch / latency.p50 for latency in mine)
    return {"engine": ENGINES[name].title, **times, "rate": round(rate), "memory": max(one.peak_mb for one in mine)}
