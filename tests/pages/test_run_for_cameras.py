"""Photo, Video and Webcam offer the run that reads corrupted faces best."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ferkit.runs import open_folder
from tests.pages.components import choice
from tests.worlds import World, score_on_corrupted


def corrupted(world: World, **accuracies: float) -> None:
    for name, accuracy in accuracies.items():
        score_on_corrupted(open_folder(world.checkpoints / name), accuracy)


def offers(at) -> list[str]:
    assert not at.exception
    return [caption.value for caption in at.caption if caption.value.startswith("Corrupted as by a camera")]


@pytest.mark.parametrize("page", ["photo", "video", "webcam"])
def test_a_run_that_reads_corrupted_faces_better_is_offered(
    page: str, app: Callable, gray_world: World, tmp_path: Path
) -> None:
    world = gray_world.copy(tmp_path / "own")
    corrupted(world, alpha=0.5, beta=0.505)
    assert not offers(app(world, page, run="alpha"))  # less than a point better
    corrupted(world, alpha=0.5, beta=0.62)
    assert not offers(app(world, page, run="beta"))
    at = app(world, page, run="alpha")
    (offer,) = offers(at)
    assert "**beta** reads 62.0% of val faces right and **alpha** 50.0%" in offer
    at.button(key="use-robust").click().run()
    assert choice(at, "run")["value"] == "beta" and not offers(at)


def test_a_run_too_slow_for_a_camera_is_neither_offered_nor_chosen_first(
    app: Callable, gray_world: World, tmp_path: Path
) -> None:
    world = gray_world.copy(tmp_path / "own")
    first = choice(app(world, "photo"), "run")["value"]
    (other,) = {"alpha", "beta"} - {first}
    corrupted(world, **{first: 0.62, other: 0.5})
    assert offers(app(world, "webcam", run=other))
    open_folder(world.checkpoints / first).update(macs=400_000_000)
    assert choice(app(world, "photo"), "run")["value"] == other
    assert not offers(app(world, "webcam", run=other))
    assert choice(app(world, "webcam", run=first), "run")["value"] == first
