"""The mean of weights: of one network's runs, a run like any other; of anything else, refused in a sentence."""

import dataclasses
import shutil

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.experiments.average import average
from ferkit.models import load
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_run
from tests.untrained import noise, untrained


@pytest.fixture
def pair(make_run, faces: Faces) -> list[Run]:
    """Two runs of one network; the second has other weights."""
    runs = [make_run(faces, name) for name in ("first", "second")]
    network = load(runs[1])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    from ferkit.models import save

    save(network, runs[1].weights)
    return [open_run(run.name) for run in runs]


def states(run: Run) -> dict[str, torch.Tensor]:
    return load(run).state_dict()


def test_every_weight_is_the_weighted_mean(pair: list[Run]) -> None:
    a, b = map(states, pair)
    for name, weights, share in (("half", None, 0.5), ("more", [3, 1], 0.25), ("all", [0, 2], 1.0)):
        mean = states(average(pair, name, weights=weights))
        for key, value in mean.items():
            expected = (1 - share) * a[key] + share * b[key]
            torch.testing.assert_close(value.to(expected.dtype), expected, rtol=1e-5, atol=1e-6)
    assert any(not torch.equal(a[key], b[key]) for key in a)


def test_it_is_a_run_that_says_what_it_is(pair: list[Run], faces: Faces) -> None:
    run = average(pair, "mean", weights=[1, 3])
    manifest = open_run("mean").manifest
    assert manifest.status == "finished" and manifest.parameters == pair[0].manifest.parameters
    assert manifest.config == {"members": ["first", "second"], "weights": [0.25, 0.75], "soft_labels": []}
    assert np.isfinite(Classifier.open(run).logits(faces.images)).all()
    known = [one.train_hashes() for one in (*pair, run)]
    assert all(one is None for one in known) or np.array_equal(known[2], np.union1d(known[0], known[1]))


def test_the_mean_of_runs_of_one_seed_is_of_that_seed(pair: list[Run]) -> None:
    first, second = (Run(run.path, run.manifest.replace(seed=5)) for run in pair)
    assert average([first, second], "same").manifest.seed == 5
    assert average([first, pair[1]], "differing").manifest.seed == 0


def test_it_says_which_soft_labels_its_members_learned_from(pair: list[Run]) -> None:
    taught = pair[1].update(config={"teacher": "first, crowd, /somewhere/labels.csv"})
    assert taught.manifest.soft_label_files == ("labels.csv",)
    mean = average([pair[0], taught], "mean")
    assert open_run("mean").manifest.soft_label_files == mean.manifest.soft_label_files == ("labels.csv",)


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], [0, 0], [-1, 2], [float("nan"), 1]])
def test_weights_that_are_no_shares_are_refused(pair: list[Run], weights: list[float]) -> None:
    with pytest.raises(RunError, match=r"[Ww]eight"):
        average(pair, "mean", weights=weights)


def test_what_has_no_common_weights_is_refused(pair: list[Run], faces: Faces) -> None:
    with pytest.raises(RunError, match="two runs or more"):
        average(pair[:1], "mean")
    with pytest.raises(RunError, match="already"):
        average(pair, "second")
    other = untrained(dataclasses.replace(noise(), name="another", fingerprint="0" * 16), "elsewhere")
    with pytest.raises(RunError, match="other faces or classes"):
        average([pair[0], other], "mean")
    assert not (pair[0].path.parent / "mean").exists()


def test_at_the_command_line_it_is_scored_on_val(gray_world, tmp_path, monkeypatch) -> None:
    world = gray_world.copy(tmp_path / "world")
    shutil.copytree(world.checkpoints / "alpha", world.checkpoints / "again")
    world.enter(monkeypatch)
    result = CliRunner().invoke(command, ["average", "alpha", "again", "--name", "mean", "--no-map"])
    assert result.exit_code == 0, result.output
    before, after = (open_run(name).manifest.scores["val"] for name in ("alpha", "mean"))
    assert after.accuracy == before.accuracy and after.n == len(store.load("tiny").split("val"))
    refused = CliRunner().invoke(command, ["average", "alpha", "beta", "--name", "both"])
    assert refused.exit_code == 2 and "no common weights" in refused.output
