"""Losses, schedule, average, sampler, recipes: each against its formula."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ferkit.errors import ConfigError
from ferkit.models import MODELS
from ferkit.train import optim
from ferkit.train.batches import epoch_order
from ferkit.train.config import from_recipe, parse, recipes, summaries
from ferkit.train.losses import class_weights, cross_entropy, soft_targets


def test_smoothed_cross_entropy_is_torchs() -> None:
    logits, labels = torch.randn(12, 5), torch.randint(0, 5, (12,))
    ours = cross_entropy(logits, soft_targets(labels, 5, 0.1))
    torch.testing.assert_close(ours, F.cross_entropy(logits, labels, label_smoothing=0.1))


def test_class_weights_make_every_class_weigh_the_same() -> None:
    counts = torch.tensor([10, 40, 50])
    torch.testing.assert_close(class_weights(counts) * counts, torch.full((3,), 100 / 3))
    logits, labels = torch.randn(6, 3), torch.tensor([0, 0, 1, 2, 2, 2])
    weights = class_weights(counts)
    expected = (F.cross_entropy(logits, labels, reduction="none") * weights[labels]).mean()
    torch.testing.assert_close(cross_entropy(logits, soft_targets(labels, 3, 0.0), weights), expected)


def test_the_schedule_rises_then_follows_half_a_cosine() -> None:
    config = parse({"epochs": 10, "warmup": 2, "lr": 0.5})
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.lr)
    schedule, seen = optim.schedule(optimizer, config, steps=5), []
    for _ in range(50):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert seen[:10] == pytest.approx([0.5 * (t + 1) / 11 for t in range(10)])
    assert seen[10:] == pytest.approx([0.25 * (1 + math.cos(math.pi * t / 40)) for t in range(40)])


def test_the_average_is_the_exponential_one_with_its_warm_up() -> None:
    model = nn.Linear(1, 1, bias=False)
    model.weight.data.fill_(1.0)
    average = optim.average(model, 0.9)
    expected = None
    for t, value in enumerate([1.0, 2.0, 5.0, -3.0]):
        model.weight.data.fill_(value)
        average.update_parameters(model)
        decay = min(0.9, (1 + t) / (10 + t))
        expected = value if expected is None else decay * expected + (1 - decay) * value
    assert average.module.weight.item() == pytest.approx(expected)


def test_norms_and_biases_do_not_decay() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    decayed, spared = optim.optimizer(model, parse({"weight_decay": 0.1})).param_groups
    assert [p.ndim for p in decayed["params"]] == [4]
    assert [p.ndim for p in spared["params"]] == [1, 1, 1]
    assert spared["weight_decay"] == 0


def test_the_balanced_sampler_draws_every_class_alike() -> None:
    labels = torch.tensor([0] * 9000 + [1] * 900 + [2] * 100)
    drawn = labels[epoch_order(labels, True, torch.Generator().manual_seed(0))]
    assert len(drawn) == len(labels)
    assert torch.bincount(drawn) / len(drawn) == pytest.approx(torch.full((3,), 1 / 3), abs=0.02)
    order = epoch_order(labels, False, torch.Generator().manual_seed(0))
    assert torch.equal(order.sort().values, torch.arange(len(labels)))


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_is_whole(name: str) -> None:
    config = from_recipe(name)
    assert config.model in MODELS
    assert len(summaries()[name]) > 20


def test_settings_reach_inside_and_wrong_ones_are_named() -> None:
    config = from_recipe("quick", ["augment.rotate=3", "epochs=2", "model_args={filters: 8}"])
    assert (config.augment.rotate, config.epochs, config.model_args) == (3.0, 2, {"filters": 8})
    with pytest.raises(ConfigError, match="epochs"):
        from_recipe("quick", ["epochs=many"])
    with pytest.raises(ConfigError, match="reaches inside 'epochs'"):
        from_recipe("quick", ["epochs.more=1"])
    with pytest.raises(ConfigError, match=r"balance.*'none', 'sampler' or 'weights'"):
        from_recipe("quick", ["balance=much"])
