"""The formats of one run in numbers; a row leads to the faces it changes."""

from collections.abc import Sequence

import streamlit as st

from dashboard import parameters
from dashboard.components.table import Column, Mark, table
from dashboard.deploy import engines
from dashboard.state import put, value
from dashboard.words import count, percent, plain
from ferkit.deploy.choice import PYTORCH, TITLES, Candidate
from ferkit.deploy.record import Deployment, Lost
from ferkit.deploy.sentences import kilobytes, milliseconds, points
from ferkit.deploy.speed import machine_line

__all__ = ["show"]


def show(found: Sequence[Candidate], one: Deployment, run: str) -> None:
    """A row per format: size, accuracy, what it loses, the answers that change, speed and memory."""
    mine = [candidate for candidate in found if candidate.run == run]
    now = value(parameters.EXPORTED)
    columns = {
        "format": Column("Format"),
        "bytes": Column("Size", kilobytes),
        "ms": Column("One face", milliseconds, help="Median for one face on one thread"),
        "accuracy": Column("Accuracy", percent),
        "lost": Column("Points lost or gained", help="Difference in accuracy to PyTorch, with its 95% interval"),
        "p": Column("p", _p, help="Exact McNemar test, two-sided"),
        "flips": Column("Changed", count, help="Faces whose answer is another one than that of PyTorch"),
    }
    table(
        [_row(candidate) for candidate in mine],
        columns,
        title=f"{run} in every format",
        key="deploy-formats",
        chosen=[i for i, candidate in enumerate(mine) if candidate.format == now],
        marks=_marks(mine),
        on_click=lambda i: _choose(mine[i].format),
    )
    engines.show(one, run)
    for name, why in one.refused.items():
        st.caption(f"{plain(name)}: {plain(why)}")
    if one.machine:
        st.caption(plain(machine_line(one.machine)))
    else:
        st.caption("Speed has not been measured: `python -m ferkit bench`.")


def _row(one: Candidate) -> dict[str, object]:
    return {
        "format": TITLES.get(one.format, one.format),
        "bytes": one.bytes,
        "accuracy": one.accuracy,
        "lost": _lost(one.lost) if one.lost else None,
        "p": one.lost.p if one.lost and one.lost.flips else None,
        "flips": len(one.lost.flips) if one.lost else None,
        "ms": one.ms,
    }


def _lost(lost: Lost) -> str:
    """ "−0.2 [−0.6, +0.1]"; "none" where every answer is the same."""
    if not lost.flips:
        return "none"
    low, high = (points(end) for end in lost.interval)
    return f"{points(lost.difference)} [{low}, {high}]"


def _p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.2g}"


def _marks(mine: Sequence[Candidate]) -> dict[tuple[int, str], Mark]:
    """Losses that are significant, and formats slower than float32."""
    exact = next((one.ms for one in mine if one.format == "onnx"), None)
    marks: dict[tuple[int, str], Mark] = {}
    for i, one in enumerate(mine):
        if one.worse:
            marks[i, "lost"] = "worse"
        if exact and one.ms and one.format not in ("onnx", PYTORCH) and abs(one.ms / exact - 1) > 0.1:
            marks[i, "ms"] = "worse" if one.ms > exact else "better"
    return marks


def _choose(name: str) -> None:
    if name != PYTORCH:
        put(parameters.EXPORTED, name)
