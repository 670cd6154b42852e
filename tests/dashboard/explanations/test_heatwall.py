"""Heat maps of single faces: of the class and the layer that were chosen."""

import numpy as np
import pytest

from dashboard import load, view
from dashboard.explanations import heatwall
from dashboard.state import Selection


@pytest.fixture
def shown(gray_world, monkeypatch: pytest.MonkeyPatch) -> view.View:
    gray_world.enter(monkeypatch)
    return view.of(Selection(data="tiny", split="val", run="alpha"))


@pytest.mark.parametrize("column", ["pred", "label"])
def test_maps_are_those_of_the_column_and_the_layer(shown: view.View, column: str) -> None:
    rows = np.flatnonzero(~shown.frame["right"].to_numpy())[:3]
    images = shown.images.of_rows(rows)
    assert images is not None
    layer = next(iter(load.kernels(shown.run)))
    targets = shown.frame[column].to_numpy(np.int64)[rows]
    for name in (heatwall.LAST, layer):
        maps = heatwall._maps(shown, images, rows, name, column)
        np.testing.assert_array_equal(maps, load.classifier(shown.run).explain(images, targets, name or None))
        assert heatwall._maps(shown, images, rows, name, column) is maps, "kept"
    assert (
        heatwall._maps(shown, images, rows, layer, column).shape
        != heatwall._maps(shown, images, rows, heatwall.LAST, column).shape
    )


def test_a_network_that_is_missing_is_one_sentence(app, gray_world, tmp_path) -> None:
    import shutil

    world = type(gray_world)(tmp_path / "own")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    (world.checkpoints / "alpha" / "model.safetensors").unlink()
    at = app(world, "explanations", data="tiny", run="alpha", painted="1")
    assert not at.exception and any(text.value.startswith("No heat maps: ") for text in at.caption)
