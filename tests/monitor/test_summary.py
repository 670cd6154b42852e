"""The log in steps of time."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from ferkit.monitor.summary import MOST, steps
from tests.monitor.logged import START, log
from tests.untrained import noise


@pytest.mark.parametrize(
    ("seconds", "length", "unit"),
    [
        (1, "minute", "minutes"),
        (60, "5 minutes", "minutes"),
        (600, "1h", "hours"),
        (7200, "6 hours", "days"),
        (86400, "7 days", "days"),
    ],
)
def test_every_span_has_a_legible_number_of_steps(seconds: float, length: str, unit: str) -> None:
    table = log(noise(n=90).images, seconds)
    found = steps(table, table["time"].max())
    assert (found.length, found.unit) == (length.replace("1h", "hour"), unit)
    assert 1 < len(found.names) <= MOST and len(found.ago) == len(found.names)
    assert (np.diff(found.ago) > 0).all() and found.ago[-1] < 0


def test_nothing_is_lost_and_empty_steps_are_no_numbers() -> None:
    table = log(noise(n=20).images, 60)
    late = table.assign(time=table["time"] + timedelta(hours=9), source="serve")
    found = steps(pd.concat([table, late]), START + timedelta(hours=10))
    assert found.faces.to_numpy().sum() == 40 and list(found.faces.columns) == ["photo", "serve"]
    empty = found.faces.sum(axis=1).to_numpy() == 0
    assert empty.any() and np.isnan(found.latency.to_numpy()[empty]).all()
    np.testing.assert_allclose(found.classes.to_numpy()[~empty].sum(1), 1)
    first = table[table["time"] < START + timedelta(minutes=20)]
    assert found.latency[0.5].iloc[0] == first["latency"].median()


def test_a_log_that_ended_long_ago_ends_there_on_the_axis() -> None:
    table = log(noise(n=20).images, 60)
    found = steps(table, START + timedelta(days=5))
    assert (
        found.faces.to_numpy()[-10:].sum() == 0 and found.unit == "days" and found.ago[0] == pytest.approx(-5, abs=0.4)
    )
