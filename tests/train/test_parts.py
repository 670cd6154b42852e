"""Losses, schedule, average, sampler, recipes: each against its formula."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ferkit.data.faces import Faces
from ferkit.data.synthetic import draw
from ferkit.errors import ConfigError
from ferkit.models import MODELS, Input, build
from ferkit.train import optim
from ferkit.train.balance import class_weights, faces_per_epoch, order
from ferkit.train.config import from_recipe, parse, recipes, summaries
from ferkit.train.duplicates import without_duplicates
from ferkit.train.freezing import parts, unfreeze
from ferkit.train.loader import FaceLoader
from ferkit.train.losses import cross_entropy, focal, soft_targets
from ferkit.train.sam import sam_perturbation
from ferkit.train.targets import Student


def test_smoothed_cross_entropy_is_torchs() -> None:
    logits, labels = torch.randn(12, 5), torch.randint(0, 5, (12,))
    smoothed = cross_entropy(logits, soft_targets(labels, 5, 0.1))
    torch.testing.assert_close(smoothed, F.cross_entropy(logits, labels, label_smoothing=0.1))


def test_class_weights_make_every_class_weigh_the_same() -> None:
    counts = torch.tensor([10, 40, 50])
    weights = class_weights(counts, "weights", 0.0)
    torch.testing.assert_close(weights * counts, torch.full((3,), 100 / 3))
    logits, labels = torch.randn(6, 3), torch.tensor([0, 0, 1, 2, 2, 2])
    expected = (F.cross_entropy(logits, labels, reduction="none") * weights[labels]).mean()
    torch.testing.assert_close(cross_entropy(logits, soft_targets(labels, 3, 0.0), weights), expected)


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


def test_the_balanced_sampler_draws_every_class_equally_often() -> None:
    labels = torch.tensor([0] * 9000 + [1] * 900 + [2] * 100)
    drawn = labels[order(labels, "sampler", torch.Generator().manual_seed(0))]
    assert len(drawn) == len(labels)
    assert torch.bincount(drawn) / len(drawn) == pytest.approx(torch.full((3,), 1 / 3), abs=0.02)
    plain = order(labels, "none", torch.Generator().manual_seed(0))
    assert torch.equal(plain.sort().values, torch.arange(len(labels)))


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_is_complete(name: str) -> None:
    config = from_recipe(name)
    assert config.model in MODELS
    assert len(summaries()[name]) > 20


def test_settings_reach_inside_and_wrong_ones_are_named() -> None:
    config = from_recipe("quick", ["augment.rotate=3", "epochs=2", "model_args={filters: 8}"])
    assert (config.augment.rotate, config.epochs, config.model_args) == (3.0, 2, {"filters": 8})
    assert from_recipe("quick", ["model_args.stem=8", "model=compact-resnet"]).model_args == {
        "stem": 8
    }  # none of base-cnn's
    with pytest.raises(ConfigError, match="epochs"):
        from_recipe("quick", ["epochs=many"])
    with pytest.raises(ConfigError, match="reaches inside 'epochs'"):
        from_recipe("quick", ["epochs.more=1"])
    with pytest.raises(ConfigError, match=r"balance.*'none', 'sampler', 'oversample', 'weights' or 'effective'"):
        from_recipe("quick", ["balance=much"])


def test_sam_moves_one_radius_along_the_gradient_and_back() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))
    x = torch.randn(6, 1, 2, 2)
    model(x).square().sum().backward()
    before = [p.detach().clone() for p in model.parameters()]
    gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
    seen = model[1].running_mean.clone()
    with sam_perturbation(model, 0.5):
        moved = torch.cat([(p - b).flatten() for p, b in zip(model.parameters(), before, strict=True)])
        torch.testing.assert_close(moved, 0.5 * gradient / gradient.norm())
        model(x)
    assert all(torch.equal(p, b) for p, b in zip(model.parameters(), before, strict=True))
    assert torch.equal(model[1].running_mean, seen) and model[1].momentum == 0.1


def test_dropping_duplicates_keeps_one_of_each_group_and_no_non_face() -> None:
    images = np.arange(5 * 16, dtype=np.uint8).reshape(5, 4, 4)
    images[3] = images[1]
    faces = Faces(
        "f", images, np.zeros(5, np.int16), np.array(list("abcde")), np.array(["train"] * 5), ("x",),
        votes=np.array([[9, 1], [5, 5], [4, 6], [9, 1], [0, 0]], np.uint8), vote_names=("x", "NF"),
    )  # fmt: skip
    assert without_duplicates(faces).ids.tolist() == ["a", "b", "e"]
    assert without_duplicates(replace(faces, votes=None, vote_names=())).ids.tolist() == ["a", "b", "c", "e"]


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


def test_focal_loss_is_the_papers() -> None:
    logits, labels = torch.randn(20, 5), torch.randint(0, 5, (20,))
    p = logits.softmax(1)[torch.arange(20), labels]
    torch.testing.assert_close(focal(logits, soft_targets(labels, 5, 0.0), 2.0), (-((1 - p) ** 2) * p.log()).mean())
    torch.testing.assert_close(
        focal(logits, soft_targets(labels, 5, 0.1), 0.0), F.cross_entropy(logits, labels, label_smoothing=0.1)
    )


def test_effective_numbers_are_the_papers_and_average_to_one() -> None:
    counts = torch.tensor([10, 100, 5000])
    weights = class_weights(counts, "effective", 0.99)
    assert weights is not None
    effective = torch.tensor([(1 - 0.99**n) / (1 - 0.99) for n in counts.tolist()])
    torch.testing.assert_close(weights * effective / (weights[0] * effective[0]), torch.ones(3))
    assert float((weights * counts).sum() / counts.sum()) == pytest.approx(1)
    assert class_weights(counts, "sampler", 0.99) is None


def test_oversampling_repeats_rare_faces_until_all_classes_are_as_large() -> None:
    labels = torch.tensor([0] * 30 + [1] * 7 + [2] * 1)
    rows = order(labels, "oversample", torch.Generator().manual_seed(0))
    assert torch.bincount(labels[rows]).tolist() == [30, 30, 30]
    times = torch.bincount(rows)
    assert times[:30].tolist() == [1] * 30 and set(times[30:37].tolist()) == {4, 5} and times[37] == 30
    assert len(rows) == faces_per_epoch(torch.bincount(labels), "oversample")
    assert faces_per_epoch(torch.bincount(labels), "sampler") == len(labels)


def test_the_body_may_learn_more_slowly_than_the_head() -> None:
    student = Student(build("base-cnn", 3, 1, filters=4), 2)
    groups = optim.optimizer(student, parse({"lr": 0.1, "body_lr": 0.1}), student.heads()).param_groups
    assert [group["lr"] for group in groups] == pytest.approx([0.1, 0.1, 0.01, 0.01])
    assert {id(p) for group in groups[:2] for p in group["params"]} == {id(p) for p in student.heads()}
    assert sum(len(group["params"]) for group in groups) == len(list(student.parameters()))


@pytest.mark.parametrize(("name", "n"), [("base-cnn", 3), ("compact-resnet", 5), ("vit", 8), ("resnet34", 8)])
def test_a_frozen_body_is_unfrozen_from_the_top(name: str, n: int) -> None:
    network = build(name, 3, 1)
    bodies = parts(network)
    assert len(bodies) == n

    def learning(epoch: int, every: int) -> list[bool]:
        unfreeze(network.train(), epoch, 2, every)
        assert all(p.requires_grad for p in network.head.parameters())
        assert [part.training for part in bodies] == [next(part.parameters()).requires_grad for part in bodies]
        return [part.training for part in bodies]

    assert learning(1, 0) == learning(2, 0) == [False] * n
    assert learning(3, 0) == [True] * n
    assert learning(3, 2) == learning(4, 2) == [False] * (n - 1) + [True]
    assert learning(5, 2) == [False] * (n - 2) + [True] * 2
    assert learning(99, 2) == [True] * n
    unfreeze(network.train(), 1, 2, 2)
    assert {name.partition(".")[0] for name, p in network.named_parameters() if p.requires_grad} == {"head"}
    unfreeze(network.train(), 99, 2, 2)
    assert all(p.requires_grad for p in network.parameters())


def test_faces_of_another_size_are_resized() -> None:
    faces = draw(21, seed=0, size=64, colour=True, name="big")
    shape = Input.measure(faces.images, size=32)
    field = FaceLoader.of(faces, shape, torch.device("cpu"))
    assert field.images.shape == (21, 3, 32, 32) and field.images.dtype == torch.uint8
    torch.testing.assert_close(field.batch(slice(None))[0], shape.prepare(faces.images), atol=0.02, rtol=0)
