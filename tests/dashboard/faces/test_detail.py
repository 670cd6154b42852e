"""One face in detail: label and prediction, its image, heat map, probabilities and neighbours."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import view
from dashboard.faces import detail
from dashboard.state import Selection


def page(row: int) -> None:
    from dashboard import state, view
    from dashboard.faces import detail

    state.enter("failures")
    state.adopt(state.Selection(data="tiny", split="val", run="alpha", face="x"))
    detail.show(view.of(state.current()), row)


def start(row: int) -> AppTest:
    at = AppTest.from_function(page, args=(row,), default_timeout=60).run()
    assert not at.exception
    return at


def shown_view() -> view.View:
    return view.of(Selection(data="tiny", split="val", run="alpha"))


@pytest.mark.parametrize("right", [True, False])
def test_label_prediction_and_confidence_are_stated(gray_world, monkeypatch: pytest.MonkeyPatch, right: bool) -> None:
    gray_world.enter(monkeypatch)
    shown = shown_view()
    row = int(np.flatnonzero(shown.frame["right"].to_numpy() == right)[0])
    face, at = shown.frame.iloc[row], start(row)
    texts = [text.value for text in at.markdown]
    true, pred = shown.classes[face["label"]], shown.classes[face["pred"]]
    assert texts[0] == (f"#### {true}" if right else f"#### {true} → {pred}")
    assert f"{face['confidence']:.1%} confidence" in texts[1] and ("green-badge" in texts[1]) == right
    assert any("of 8 have the same label" in text for text in texts)
    assert len(at.image) == 2 and not at.info


def test_without_images_it_says_how_to_bring_them(imageless_world, monkeypatch: pytest.MonkeyPatch) -> None:
    imageless_world.enter(monkeypatch)
    at = start(0)
    assert not at.image and "ferkit data import" in at.info[0].value


def test_the_heat_map_covers_the_enlarged_face(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    image = np.full((48, 48), 128, np.uint8)
    shown = detail.heat(shown_view(), image, 0)
    assert shown.shape == (240, 240, 3) and shown.dtype == np.uint8
