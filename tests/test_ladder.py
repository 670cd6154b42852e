"""The ladder: steps stand on each other, and its tables tell what the run folders hold."""

import itertools
from pathlib import Path

import pytest

from bench import ladder
from bench.plan import Plan, words
from ferkit.models import build
from ferkit.models.network import count_parameters
from ferkit.runs import Run, open_run
from ferkit.train.config import from_recipe
from tests.worlds import ROOT, World

PLAN = Plan.read(ROOT / "bench" / "ladder.yaml")


def test_steps_stand_on_each_other_and_can_be_built() -> None:
    configs = {name: from_recipe(row.recipe, words(row.settings)) for name, row in PLAN.rows.items()}
    steps = [name for name, row in PLAN.rows.items() if row.part == "One step on top of the other"]
    for before, after in itertools.pairwise(steps):
        assert PLAN.rows[after].settings == PLAN.rows[before].settings | PLAN.rows[after].own
    dense = configs["dense"]
    network = build(dense.model, 7, 1, **dense.model_args)
    share = count_parameters(network.mean) / count_parameters(network)  # type: ignore[arg-type]
    assert 0.91 < share < 0.94
    assert configs["convolutions"].epochs == dense.epochs


def test_the_table_tells_what_the_folders_hold(gray_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gray_world.enter(monkeypatch)
    alpha, beta = open_run("alpha"), open_run("beta")
    text = ladder.table(PLAN, {"plain": [alpha], "vgg16": [beta, Run(beta.path, beta.meta)]})
    assert text.index("## One step on top of the other") < text.index("## Well-known networks from scratch")
    told = alpha.results().scores["val"]
    (line,) = (line for line in text.splitlines() if line.startswith("| plain CNN"))
    assert f"| {told['accuracy']:.1%} [" in line and f"| {alpha.meta['parameters']:,} |" in line
    assert "+ augmentation" not in text


def test_nothing_trained_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ladder.main(["table", "--out", str(tmp_path / "none")])
    assert "no finished run" in capsys.readouterr().err
