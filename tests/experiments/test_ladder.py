"""The ladder: steps build on each other, and its tables show what the run folders contain."""

from pathlib import Path

import pytest

from ferkit.experiments import ladder, study
from ferkit.experiments.plan import Plan, words
from ferkit.models import build
from ferkit.models.network import count_parameters
from ferkit.runs import Run, open_run
from ferkit.train.config import from_recipe
from tests.worlds import ROOT, World

PLAN = Plan.read(ROOT / "ferkit" / "experiments" / "ladder.yaml")


def test_steps_build_on_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    configs = {name: from_recipe(row.recipe, words(row.settings)) for name, row in PLAN.rows.items()}
    steps = [name for name, row in PLAN.rows.items() if row.part == "One step on top of the other"]
    assert [PLAN.rows[step].start for step in steps[1:]] == steps[:-1]
    for row in PLAN.rows.values():
        assert row.settings == (PLAN.rows[row.start].settings if row.start else {}) | row.changes
    best = max(
        (trial for trial in study.trials(study.opened("base-cnn-search")) if trial.state == "complete"),
        key=lambda trial: trial.value or 0,
    )
    tuned = configs["tuned"]
    assert tuned.lr == pytest.approx(best.params["lr"], rel=0.01) and tuned.schedule == best.params["schedule"]
    assert tuned.label_smoothing == pytest.approx(best.params["label_smoothing"], abs=0.001)
    parts = {
        key.removeprefix("model_args."): value for key, value in best.params.items() if key.startswith("model_args.")
    }
    for key, value in tuned.model_args.items():
        assert parts[key] == (value if isinstance(value, str) else pytest.approx(value, abs=0.001))
    dense = configs["dense"]
    network = build(dense.model, 7, 1, **dense.model_args)
    share = count_parameters(network.mean) / count_parameters(network)  # type: ignore[arg-type]
    assert 0.91 < share < 0.94
    assert configs["convolutions"].epochs == dense.epochs


def test_the_table_shows_what_the_folders_contain(
    gray_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gray_world.enter(monkeypatch)
    alpha, beta = open_run("alpha"), open_run("beta")
    text = ladder.table(PLAN, {"plain": [alpha], "vgg16": [beta, Run(beta.path, beta.manifest)]})
    assert text.index("## One step on top of the other") < text.index("## Well-known networks from scratch")
    scores = alpha.results().scores["val"]
    (line,) = (line for line in text.splitlines() if line.startswith("| plain CNN"))
    assert f"| {scores.accuracy:.1%} [" in line and f"| {alpha.manifest.parameters:,} |" in line
    assert "+ augmentation" not in text


def test_no_trained_run_gives_one_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ladder.main(["table", "--out", str(tmp_path / "none")])
    assert "no finished run" in capsys.readouterr().err


def test_the_page_is_made_from_the_shipped_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(ROOT / "checkpoints"))
    ladder.main(["table", "--to", str(tmp_path / "again.md")])
    assert (tmp_path / "again.md").read_text("utf-8") == (ROOT / "docs" / "ladder.md").read_text("utf-8")
