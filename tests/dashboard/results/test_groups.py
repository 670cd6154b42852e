"""Slices of a comparison: what is known of faces without a network."""

import numpy as np
import pandas as pd
import pytest

from dashboard import traits, view
from dashboard.results import groups, pairing
from dashboard.state import Selection


@pytest.fixture
def shown(gray_world, monkeypatch: pytest.MonkeyPatch) -> view.View:
    gray_world.enter(monkeypatch)
    monkeypatch.setattr(groups, "LEAST", 3)
    return view.of(Selection(data="tiny", split="val", run="alpha", base="beta"))


def test_thirds_of_properties_and_tags_that_no_run_decides(shown, monkeypatch: pytest.MonkeyPatch) -> None:
    n = len(shown.frame)
    table = pd.DataFrame({"loss": np.arange(n), "brightness": np.arange(n) / n, "roll": np.full(n, np.nan)})
    wrong, dark = np.arange(n) < 9, np.arange(n) % 4 == 0
    monkeypatch.setattr(traits, "properties", lambda view: table)
    monkeypatch.setattr(
        traits, "tags", lambda view: {"confident and wrong": wrong, "suspect label": wrong, "dark": dark}
    )
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    found = groups.slices(aligned, "alpha", shown)
    assert list(found) == ["dark", "brightness: low", "brightness: high"]
    assert (found["dark"][0] == dark[aligned.rows[0]]).all() and found["dark"][1] == {"tags": ("dark",)}
    mask, ((name, low, high),) = found["brightness: low"][0], found["brightness: low"][1]["slices"]
    assert name == "brightness" and low == 0 and high == pytest.approx((n - 1) / n / 3)
    assert mask.sum() == pytest.approx(n / 3, abs=1)


def test_a_slice_that_holds_every_face_is_none(shown, monkeypatch: pytest.MonkeyPatch) -> None:
    n = len(shown.frame)
    monkeypatch.setattr(traits, "properties", lambda view: pd.DataFrame({"brightness": np.full(n, 0.5)}))
    monkeypatch.setattr(traits, "tags", lambda view: {"dark": np.zeros(n, bool), "bright": np.ones(n, bool)})
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    assert groups.slices(aligned, "alpha", shown) == {}
