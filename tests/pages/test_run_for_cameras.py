"""Photo, Video and Webcam offer the run that reads corrupted faces best."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from ferkit.runs import open_folder
from ferkit.runs.robustness import RECALL
from tests.pages.components import choice
from tests.worlds import World


def corrupted(world: World, **accuracies: float) -> None:
    """Scores of the runs on faces with one kind of corruption, in two strengths; as released all are right."""
    for name, accuracy in accuracies.items():
        run = open_folder(world.checkpoints / name)
        row = {"kind": "blur", "n": 30, "accuracy_low": 0.1, "accuracy_high": 0.9, "macro_f1": 0.5}
        row |= {RECALL + one: 0.5 for one in run.classes}
        by_strength = enumerate((1.0, accuracy + 0.1, accuracy - 0.1))
        table = [row | {"strength": strength, "amount": 1.0, "accuracy": right} for strength, right in by_strength]
        pd.DataFrame(table).to_parquet(run.path / "val-robustness.parquet", index=False)


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
