"""Optimisers, learning rate schedules and the moving average of the weights: each against its formula."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ferkit.models import build
from ferkit.train import optim
from ferkit.train.config import parse
from ferkit.train.targets import Student


def test_the_schedule_rises_then_follows_half_a_cosine() -> None:
    config = parse({"epochs": 10, "warmup": 2, "lr": 0.5})
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.lr)
    schedule, seen = optim.schedule(optimizer, config, 5, []), []
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


def factors(epochs: int = 10, steps: int = 5, history: list | None = None, **settings: object) -> list[float]:
    """The rate at every step, the peak being one."""
    config = parse({"epochs": epochs, "warmup": 0, "lr": 1.0, **settings})
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.lr)
    schedule, seen = optim.schedule(optimizer, config, steps, history or []), []
    for _ in range(epochs * steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return seen


def test_each_schedule_is_its_formula() -> None:
    assert factors(schedule="constant") == [1.0] * 50
    assert factors(schedule="exponential", decay=0.01) == pytest.approx([0.01 ** (t / 50) for t in range(50)])
    restarts = factors(schedule="restarts", cycles=2)
    assert restarts == pytest.approx([0.5 * (1 + math.cos(math.pi * (t % 25) / 25)) for t in range(50)])
    assert factors(schedule="constant", warmup=2)[:10] == pytest.approx([(t + 1) / 11 for t in range(10)])


def test_one_cycle_is_torchs() -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    theirs, seen = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=1001, cycle_momentum=False), []
    for _ in range(1000):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        theirs.step()
    np.testing.assert_allclose(
        factors(100, 10, schedule="one-cycle", warmup=3), seen, atol=0.01
    )  # torch's rise ends one step earlier


def test_on_a_plateau_the_rate_falls_after_so_many_epochs_without_a_better_loss() -> None:
    losses = [1.0, 0.9, 0.95, 0.95, 0.95, 0.8, 0.85, 0.85, 0.85]
    history: list[dict[str, float]] = []
    left = []
    for loss in losses:
        history.append({"val_loss": loss})
        left.append(factors(1, 1, history, schedule="plateau", plateau=2, plateau_factor=0.1)[0])
    assert left == pytest.approx([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01])


@pytest.mark.parametrize(
    ("name", "kind"), [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("rmsprop", torch.optim.RMSprop)]
)
def test_optimisers_are_torchs(name: str, kind: type) -> None:
    made = optim.optimizer(nn.Linear(2, 2), parse({"optimizer": name, "lr": 0.003, "weight_decay": 0.1}))
    assert type(made) is kind and made.defaults["lr"] == 0.003
    assert [group["weight_decay"] for group in made.param_groups] == [0.1, 0.0]


def test_the_body_may_learn_more_slowly_than_the_head() -> None:
    student = Student(build("base-cnn", 3, 1, filters=4), 2)
    groups = optim.optimizer(student, parse({"lr": 0.1, "body_lr": 0.1}), student.heads()).param_groups
    assert [group["lr"] for group in groups] == pytest.approx([0.1, 0.1, 0.01, 0.01])
    assert {id(p) for group in groups[:2] for p in group["params"]} == {id(p) for p in student.heads()}
    assert sum(len(group["params"]) for group in groups) == len(list(student.parameters()))
