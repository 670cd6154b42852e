"""Where the heat is: thirds of the face, stacked."""

import numpy as np
import pytest

from dashboard.charts import heat


def test_thirds_are_sorted_by_height_and_add_up() -> None:
    chart = heat.thirds(np.array([[0.2, 0.2, 0.6], [0.6, 0.2, 0.2]]), ("low", "high"))
    upper, middle, lower = chart.marks
    assert upper.y == ["high", "low"] and list(upper.base) == pytest.approx([0, 0])
    assert list(upper.x) == pytest.approx(list(middle.base)) and list(lower.x) == pytest.approx([100, 100])
    assert [bar.name for bar in chart.marks] == ["upper third", "middle third", "lower third"]
    assert upper.text == ["60%", "20%"] and lower.hover[1] == "low, lower third: 60.0%"
    assert (chart.x.label, chart.x.suffix) == ("share of the heat", "%")
