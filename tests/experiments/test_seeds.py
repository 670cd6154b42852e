"""Several seeds of one training: the best is kept with the scores of all, and runs that differ in more are refused."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.errors import RunError
from ferkit.experiments.seeds import keep_best, mean_of
from ferkit.runs import DataSpec, Run, create, open_run
from tests.manifests import manifest, scores


@pytest.fixture
def seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Three run folders, scored on val; the second is the best."""
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    for seed, accuracy in enumerate((0.70, 0.72, 0.71)):
        val = scores(("a", "b"), accuracy)
        described = manifest(("a", "b"), config={"epochs": 2, "seed": seed}, seed=seed, selection="last epoch")
        run = create(tmp_path / f"x-{seed}", described.replace(scores={"val": val}))
        run.weights.write_text(f"weights {seed}")
    return [open_run(f"x-{seed}") for seed in range(3)]


def test_the_best_is_copied_and_all_are_remembered(seeds: list[Run]) -> None:
    kept = keep_best(seeds, "x")
    assert kept.weights.read_text() == "weights 1" and kept.manifest.seed == 1
    assert [(row.run, row.seed, row.accuracy) for row in kept.manifest.seeds] == [
        ("x-0", 0, 0.7),
        ("x-1", 1, 0.72),
        ("x-2", 2, 0.71),
    ]
    mean = mean_of(kept, "accuracy")
    assert mean is not None and mean == pytest.approx((0.71, 0.01, 3))
    assert "of 3 seeds the best val accuracy" in kept.manifest.selection
    assert mean_of(seeds[0], "accuracy") is None
    with pytest.raises(RunError, match="--force"):
        keep_best(seeds, "x")
    assert keep_best([seeds[0], seeds[2]], "x", force=True).weights.read_text() == "weights 2"


def changed(run: Run, **values: object) -> Run:
    return Run(run.path, run.manifest.replace(**values))


def test_seeds_may_start_from_runs_of_their_own(seeds: list[Run]) -> None:
    started = [changed(run, config=run.manifest.config | {"start": f"begun-{i}"}) for i, run in enumerate(seeds)]
    assert len(keep_best(started, "kept", force=True).manifest.seeds) == len(seeds)


def test_means_of_two_runs_of_each_seed_are_seeds_too(seeds: list[Run]) -> None:
    config = {"weights": [0.5, 0.5], "soft_labels": []}
    means = [changed(run, config=config | {"members": [run.name, f"tuned-{i}"]}) for i, run in enumerate(seeds)]
    assert len(keep_best(means, "kept").manifest.seeds) == len(seeds)
    other = changed(means[1], config=config | {"members": ["x-1", "tuned-1"], "weights": [0.9, 0.1]})
    with pytest.raises(RunError, match="more than its seed"):
        keep_best([means[0], other], "kept", force=True)


def test_runs_that_differ_in_more_than_the_seed_are_refused(seeds: list[Run]) -> None:
    first, second, _ = seeds
    for candidates, message in (
        ([first], "from two runs on"),
        ([first, first], "same seed"),
        ([first, changed(second, scores={})], "no scores on val"),
        ([first, changed(second, config={"epochs": 3, "seed": 1})], "more than its seed"),
        ([first, changed(second, data=DataSpec(name="faces", fingerprint="g"))], "more than its seed"),
    ):
        with pytest.raises(RunError, match=message):
            keep_best(candidates, "x")
    assert not (first.path.parent / "x").exists()


def test_the_command_prints_seeds_and_mean(seeds: list[Run]) -> None:
    done = CliRunner().invoke(app, ["seeds", "x-0", "x-1", "x-2", "--name", "x"])
    assert done.exit_code == 0, done.output
    assert "0.7100 ± 0.0100" in done.stdout and "x is seed 1." in done.stdout
    refused = CliRunner().invoke(app, ["seeds", "x-0", "--name", "y"])
    assert refused.exit_code == 2 and "from two runs on" in refused.output
