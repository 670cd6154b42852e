"""Parts of the face: what was measured, and one face with a part exchanged."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.charts.parts import effects
from ferkit.data import store
from ferkit.evaluate.explaining import draw_sample
from ferkit.evaluate.part_effects import measure_parts
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.predict.classifier import Classifier
from ferkit.runs import open_run
from tests.pages.components import charts, press, sent
from tests.worlds import World


def measure(world: World, name: str) -> World:
    """The same world with the parts of one run measured on two faces of each class."""
    with pytest.MonkeyPatch.context() as patch:
        world.enter(patch)
        run = open_run(name)
        part, classifier = store.load(run.dataset).split("val"), Classifier.open(run)
        sample = draw_sample(run, classifier, part, 2, 0)
        measure_parts(run, classifier, part, "val", sample, face_regions(part.images.mean(0)).masks)
    return world


@pytest.fixture(scope="module")
def world(gray_world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Of which tests change copies alone."""
    return measure(gray_world.copy(tmp_path_factory.mktemp("measured") / "parts"), "alpha")


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def test_the_table_has_a_row_per_class_and_a_column_per_part(app: Callable, world: World) -> None:
    at = app(world, "parts", run="alpha")
    classes = open_run("alpha").classes
    table = sent(at, "chart")[0]
    assert table["x"]["names"] == list(REGIONS) and table["y"]["names"] == list(classes)
    assert len(table["marks"][0]["value"]) == len(classes) * len(REGIONS)
    assert any(title.startswith("Faces labelled ") and title.endswith(" hidden") for title in charts(at))
    at = app(world, "parts", run="alpha", cell="happy|brows")
    assert "Faces labelled happy, brows hidden" in charts(at)
    assert charts(app(world, "parts", run="alpha", cell="nobody|ear")) == charts(app(world, "parts", run="alpha"))


def test_parts_of_another_class(app: Callable, world: World) -> None:
    at = app(world, "parts", run="alpha", way="taken", cell="sad|eyes")
    assert "Faces labelled sad, eyes taken from each class" in charts(at)
    press(at, "from", "happy")
    assert "Change of the probability of happy, in points" in charts(at) and "from the mean happy face" in text(at)


def test_one_face_before_and_after(app: Callable, world: World) -> None:
    at = app(world, "parts", run="alpha", part="eyes")
    assert sent(at, "regions")[0]["chosen"] == REGIONS.index("eyes") and len(sent(at, "regions")[0]["paths"]) == 7
    assert "with the eyes hidden." in text(at) and len(at.image) == 1
    press(at, "swap", "happy")
    assert "with the eyes of happy." in text(at) and "Probability before and after" in charts(at)


def test_without_images_or_measurement_it_works_on_the_mean_face(app: Callable, imageless_world: World) -> None:
    at = app(imageless_world, "parts", run="beta")
    assert "python -m ferkit explain beta --data 'tiny' --split val" in text(at)
    assert "with the mouth hidden." in text(at) and charts(at) == ["Probability before and after"]


def test_a_broken_file_is_one_error_and_the_face_stays(app: Callable, world: World, tmp_path: Path) -> None:
    world = world.copy(tmp_path / "broken")
    (world.checkpoints / "alpha" / "val-parts.npz").write_bytes(b"cut short")
    at = app(world, "parts", run="alpha")
    assert len(at.error) == 1 and "Probability before and after" in charts(at)


def test_three_colour_classes(app: Callable, colour_world: World, tmp_path: Path) -> None:
    at = app(measure(colour_world.copy(tmp_path / "rgb"), "rgb"), "parts")
    assert not at.exception and not at.error and not at.info
    assert sent(at, "chart")[0]["y"]["names"] == ["angry", "happy", "sad"]


def test_a_cell_without_a_face_is_left_out() -> None:
    import numpy as np

    values = np.zeros((3, 2, 1))
    values[:, 0, 0], values[:, 1, 0] = (-0.2, -0.3, -0.1), np.nan
    unsure = effects(values + 0.15, ["a", "b"], ["mouth"], "t").marks[0]
    assert unsure.text == [""] and unsure.hover == ["a, mouth: −5.0 points [−15.0, +5.0]"]
    (cells,) = effects(values, ["a", "b"], ["mouth"], "t").marks
    assert cells.text == ["−20"] and cells.hover == ["a, mouth: −20.0 points [−30.0, −10.0]"]
