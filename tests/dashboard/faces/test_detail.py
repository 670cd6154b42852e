"""One face in detail: label and prediction, its image, heat map, probabilities and neighbours."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import view
from dashboard.faces import detail, heat_map
from dashboard.state import Selection


@pytest.fixture(autouse=True)
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in page has no neighbours to link to."""
    monkeypatch.setattr(detail, "_links", lambda: None)


def page(row: int) -> None:
    import numpy as np

    from dashboard import state, view
    from dashboard.faces import detail

    state.enter("failures")
    state.adopt(state.Selection(data="tiny", split="val", run="alpha", face="x"))
    detail.show(view.of(state.current()), row, np.arange(5))


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
    assert any("**Nearest faces** · " in text for text in texts)
    assert len(at.image) == 1 and not at.info
    assert any("Grad-CAM for" in part.proto.body for part in at.get("html"))


def test_without_images_it_says_how_to_bring_them(imageless_world, monkeypatch: pytest.MonkeyPatch) -> None:
    imageless_world.enter(monkeypatch)
    at = start(0)
    assert not at.image and any("of 5" in text.value for text in at.caption)


def test_previous_and_next_end_where_the_gallery_ends(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    at = start(2)
    assert any(text.value == "3 of 5" for text in at.caption)
    first, last, elsewhere = start(0), start(4), start(7)
    assert first.button(key="detail-left").disabled and not first.button(key="detail-right").disabled
    assert last.button(key="detail-right").disabled and not last.button(key="detail-left").disabled
    assert elsewhere.button(key="detail-left").disabled and elsewhere.button(key="detail-right").disabled


def test_the_heat_map_covers_the_enlarged_face(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    image = np.full((48, 48), 128, np.uint8)
    shown = heat_map.heat(shown_view(), image, 0)
    assert shown.shape == (240, 240, 3) and shown.dtype == np.uint8
