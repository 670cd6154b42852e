"""Ensembles: the mean of their members, and a run like any other."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from ferkit import metrics
from ferkit.cli import app as command
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.evaluate.evaluation import evaluate
from ferkit.experiments.ensemble import join
from ferkit.explain.gradcam import gradcam
from ferkit.models import Input, Network, build, count_parameters, load
from ferkit.models.input import pixels
from ferkit.predict.classifier import Classifier
from ferkit.runs import DataSpec, Run, open_run
from ferkit.train.config import parse
from ferkit.train.fit import fit
from tests.worlds import World


@pytest.fixture
def world(gray_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """`alpha` and `beta`, and `gamma`, which reads a centre of 40 pixels."""
    world = World(tmp_path / "world")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    shutil.copytree(gray_world.data, world.data, dirs_exist_ok=True)
    world.enter(monkeypatch)
    settings = {
        "model": "compact-resnet",
        "model_args": {"stem": 4, "widths": [8, 8], "blocks": 1},
        "epochs": 1,
        "batch": 32,
        "augment": {"crop": 40},
    }
    evaluate(fit(parse(settings), faces(), world.checkpoints / "gamma"), faces(), "val", maps=False)
    return world


def faces() -> Faces:
    return store.load("tiny")


@pytest.mark.parametrize("mode", ["probabilities", "logits"])
def test_it_predicts_the_mean_of_its_members(world: World, mode: str) -> None:
    runs = [open_run(name) for name in ("alpha", "beta", "gamma")]
    both, images = join(runs, "all", mode=mode), faces().split("val").images
    logits = np.stack([z / run.temperature.of(z) for run in runs for z in (Classifier.open(run).logits(images),)])
    expected = (
        np.mean([metrics.softmax(z) for z in logits], 0) if mode == "probabilities" else metrics.softmax(logits.mean(0))
    )
    np.testing.assert_allclose(metrics.softmax(Classifier.open(both).logits(images)), expected, atol=1e-4)
    assert both.manifest.parameters == sum(run.manifest.parameters for run in runs) == count_parameters(load(both))
    assert both.manifest.macs == pytest.approx(sum(run.manifest.macs for run in runs), rel=0.01)


def evidence(network: Network, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    maps = network.maps(x).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(network.classify(network.pool(maps)).gather(1, target[:, None]).sum(), maps)
    return network.evidence(maps.detach(), gradient)


def test_its_heat_is_the_sum_of_its_members(world: World) -> None:
    opened = open_run("alpha"), open_run("beta")
    runs = [replace(run, manifest=run.manifest.replace(temperature_slope=0.0)) for run in opened]
    network, target = load(join(runs, "both", mode="logits")), torch.arange(6) % 7
    images = faces().split("val").images[:6]
    x, inputs = pixels(images), [Input.of(run.manifest.input) for run in runs]
    each = [
        read.frame(evidence(load(run), read.prepare(images), target)) / (2 * run.temperature.value)
        for run, read in zip(runs, inputs, strict=True)
    ]
    size = network.maps(x).shape[2:]
    grown = [torch.nn.functional.interpolate(part[:, None], size, mode="bilinear")[:, 0] for part in each]
    torch.testing.assert_close(evidence(network, x, target), grown[0] + grown[1], atol=1e-5, rtol=1e-4)
    assert gradcam(network, x, target).amax((1, 2)).max() == 1


def test_weights_fitted_on_val_are_no_worse_there(world: World) -> None:
    runs = [open_run(name) for name in ("alpha", "beta")]
    true, losses = faces().split("val").labels, {}
    for weights in ("equal", "val"):
        run = join(runs, weights, weights=weights)
        assert sum(run.manifest.model.args["weights"]) == pytest.approx(1)
        losses[weights] = metrics.negative_log_likelihood(
            metrics.softmax(Classifier.open(run).logits(faces().split("val").images)), true
        )
    assert losses["val"] <= losses["equal"] + 1e-6


def test_the_command_makes_a_run_that_pages_show(world: World, app, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ferkit.evaluate.evaluation.draw_map", lambda run, *args: run)
    done = CliRunner().invoke(command, ["ensemble", "alpha", "gamma", "--name", "both"])
    assert done.exit_code == 0, done.output
    assert "both: val accuracy" in done.stdout
    for page in ("overview", "failures", "explanations", "filters", "training", "photo"):
        assert not app(world, page, data="tiny", run="both").exception, page


def test_what_cannot_be_joined_is_refused(world: World) -> None:
    alpha, beta = open_run("alpha"), open_run("beta")
    join([alpha, beta], "two")
    classes = (*beta.classes[:-1], "bored")
    other = Run(beta.path, beta.manifest.replace(classes=classes, scores={}, data=DataSpec(name="tiny")))
    for runs, words, message in (
        ([alpha], {}, "two runs or more"), ([alpha, other], {}, "Join runs of the same classes"),
        ([alpha, beta], {"mode": "votes"}, "The mode is"),
        ([alpha, open_run("two")], {}, "an ensemble itself"),
    ):  # fmt: skip
        with pytest.raises(RunError, match=message):
            join(runs, "new", **words)
    with pytest.raises(RunError, match="--force"):
        join([alpha, beta], "two")
    assert not (world.checkpoints / "new").exists()


CLASSES = ("angry", "happy", "sad")


def test_members_of_other_size_colour_and_order_of_classes_prepare_their_own_input(
    make_run: Callable[..., Run], make_faces: Callable[..., Faces]
) -> None:
    gray = make_run(make_faces("gray", n=30, size=16), "gray")
    rgb = make_run(make_faces("rgb", n=30, size=24, colour=True, classes=("sad", "Angry", "happy"), seed=1), "rgb")
    images = make_faces("seen", n=12, size=20, colour=True, seed=2).images
    both = join([gray, rgb], "both")
    assert both.classes == CLASSES and (both.manifest.input.size, both.manifest.input.channels) == (24, 3)
    first, second = (Classifier.open(run).probabilities(images) for run in (gray, rgb))
    expected = (first + second[:, [1, 2, 0]]) / 2
    np.testing.assert_allclose(Classifier.open(both).probabilities(images), expected, atol=1e-5)
    assert Classifier.open(both).analyse(images, np.zeros(12, int)).maps.shape[0] == 12
    assert "some trained on rgb" in both.manifest.selection
    gray_images = images[..., 0]
    first, second = (Classifier.open(run).probabilities(gray_images) for run in (gray, rgb))
    probabilities = Classifier.open(both).probabilities(gray_images)
    np.testing.assert_allclose(probabilities, (first + second[:, [1, 2, 0]]) / 2, atol=1e-5)


def test_an_ensemble_stored_before_members_had_inputs_is_still_built() -> None:
    member = {"name": "base-cnn", "args": {"depth": 2, "filters": 4}, "temperature": 1.5}
    members = [{**member, "side": 16}, {**member, "side": 12}]
    network = build("ensemble", 3, 1, members=members, weights=[0.5, 0.5], mode="logits").eval()
    x = torch.randn(2, 1, 16, 16)
    parts = [network.members[0](x), network.members[1](x[:, :, 2:14, 2:14])]
    torch.testing.assert_close(network(x), (parts[0] + parts[1]) / 3)
    assert not network.prepares


def test_a_member_with_an_impossible_input_or_order_is_refused() -> None:
    member = {"name": "lenet", "args": {}, "temperature": 1.0}
    good = {"size": 48, "channels": 1, "mean": [0.5], "std": [0.2]}
    for change in ({"input": good | {"channels": 2}}, {"input": {"size": 48}}, {"input": good, "order": [0, 0, 7]}):
        with pytest.raises(ConfigError):
            build("ensemble", 3, 1, members=[member | change], weights=[1.0])
