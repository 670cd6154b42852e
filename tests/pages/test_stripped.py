"""Runs that came without weights, features and maps, as those of large networks are shipped: pages show what needs none
of them."""

import shutil
from collections.abc import Callable

import pytest

from ferkit.experiments.plan import KEPT
from tests.pages.components import charts
from tests.worlds import ROOT, World

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem not in ("webcam", "search", "monitor"))
WHOLE = {"overview", "compare", "confidence", "training", "dataset"}  # need no more than is left
EXAMPLES = {"photo": "example-button", "video": "example-video-button"}


@pytest.fixture
def stripped_world(gray_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("stripped"))
    shutil.copytree(gray_world.data, world.data, dirs_exist_ok=True)
    for run in gray_world.checkpoints.iterdir():
        shutil.copytree(
            run, world.checkpoints / run.name, ignore=lambda folder, names: {name for name in names if name not in KEPT}
        )
    return world


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_it_can_and_names_the_rest(app: Callable, stripped_world: World, page: str) -> None:
    at = app(stripped_world, page, run="alpha", base="beta")
    if page in EXAMPLES:
        at.button(key=EXAMPLES[page]).click().run()
    assert not at.exception
    text = " ".join(element.value for element in (*at.info, *at.error, *at.warning, *at.caption))
    if page in WHOLE:
        assert not at.error and (charts(at) or at.get("arrow_data_frame"))
    elif page == "failures":
        assert "faces misclassified" in " ".join(element.value for element in at.markdown)
    elif page == "slices":
        assert "significantly weaker" in text or charts(at)
    elif page == "labels":
        assert charts(at) == ["Whose errors are they?"]
    else:
        assert "python -m ferkit evaluate" in text or "model.safetensors is missing" in text
