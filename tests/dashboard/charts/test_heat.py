"""Where the heat is: thirds of the face, stacked."""

import numpy as np
import pytest

from dashboard.charts import heat


def test_thirds_are_sorted_by_height_and_add_up() -> None:
    figure = heat.thirds(np.array([[0.2, 0.2, 0.6], [0.6, 0.2, 0.2]]), ("low", "high"))
    assert list(figure.data[0].y) == ["low", "high"]
    assert [sum(bar.x[i] for bar in figure.data) for i in (0, 1)] == pytest.approx([100, 100])
    assert [bar.name for bar in figure.data] == ["upper third", "middle third", "lower third"]
    assert figure.layout.barmode == "stack" and figure.layout.xaxis.title.text == "share of the heat (%)"


def test_narrow_segments_carry_no_number() -> None:
    upper, middle, _ = heat.thirds(np.array([[0.05, 0.35, 0.6]]), ("angry",)).data
    assert list(upper.text) == [""] and list(middle.text) == ["35%"]
