"""Shares of layers: they are of the whole, and what is nothing is left out."""

import pytest

from dashboard.charts.layers import shares
from ferkit.explain.network_map import Layer


def test_bars_are_shares_of_the_whole_and_small_layers_are_left_out() -> None:
    layers = [
        Layer("a", "linear", (3,), 300, 10, 1.0, None),
        Layer("b", "linear", (3,), 700, 30, 3.0, None),
        Layer("c", "linear", (3,), 1, 0, 0.0, None),
    ]
    chart = shares(layers, {"a": "first (a)", "b": "second (b)", "c": "third (c)"})
    assert chart.x.names == ["first", "second"] and [mark.name for mark in chart.marks] == [
        "parameters", "multiply-adds", "time",
    ]  # fmt: skip
    assert chart.marks[1].y == pytest.approx([25, 75]) and chart.marks[0].select == ["a", "b"]
