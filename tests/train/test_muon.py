"""Muon: orthogonal steps against the singular value decomposition, who takes them, and a run that is resumed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from ferkit.models import build
from ferkit.train import optim
from ferkit.train.config import parse
from ferkit.train.fit import fit
from ferkit.train.muon import COEFFICIENTS, SGD_SHARE, STEPS, Muon, muon, orthogonal
from ferkit.train.targets import Student
from tests.worlds import tiny_faces


@pytest.mark.parametrize("shape", [(3, 12, 40), (2, 40, 12), (1, 16, 16)])
def test_a_step_has_the_singular_vectors_of_its_matrix_and_values_near_one(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    left, _, right = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    made = orthogonal(left @ torch.diag_embed(torch.linspace(0.2, 1.0, min(shape[1:])).expand(shape[0], -1)) @ right)
    values = left.mT @ made @ right.mT
    torch.testing.assert_close(values, torch.diag_embed(values.diagonal(dim1=1, dim2=2)), atol=1e-4, rtol=0)
    assert values.diagonal(dim1=1, dim2=2).min() > 0.65 and values.max() < 1.25


def test_small_singular_values_grow_as_in_five_steps_of_the_iteration_itself() -> None:
    torch.manual_seed(0)
    left, _, right = torch.linalg.svd(torch.randn(2, 32, 288, dtype=torch.float64), full_matrices=False)
    x = matrices = left @ torch.diag_embed(torch.logspace(0, -5, 32, dtype=torch.float64)).expand(2, -1, -1) @ right
    x = x / x.flatten(1).norm(dim=1).view(-1, 1, 1)
    a, b, c = COEFFICIENTS
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    torch.testing.assert_close(orthogonal(matrices), x, atol=1e-4, rtol=0)


def test_kernels_without_a_bias_take_orthogonal_steps_and_all_else_learns_by_sgd() -> None:
    student = Student(build("compact-resnet", 7, 1, stem=4, widths=[8], blocks=[2]), 10)
    made = muon(student, parse({"lr": 0.24, "weight_decay": 0.1}), {id(p) for p in student.heads()})
    kernels = {id(p) for group in made.param_groups if group["blocks"] for p in group["params"]}
    names = {name for name, p in student.named_parameters() if id(p) in kernels}
    assert names == {
        f"network.body.{block}.{conv}.weight"
        for block, conv in [(1, "body.0.0"), (1, "body.1.0"), (1, "skip.0"), (2, "body.0.0"), (2, "body.1.0")]
    }
    assert made.param_groups[0]["lr"] == 0.24 and made.param_groups[0]["weight_decay"] == 0
    others = [group for group in made.param_groups if not group["blocks"]]
    assert [group["lr"] for group in others] == pytest.approx([0.24 * SGD_SHARE] * 2)
    assert {p.ndim > 1: group["weight_decay"] for group in others for p in group["params"]} == {True: 0.1, False: 0}
    assert sum(len(group["params"]) for group in made.param_groups) == len(list(student.parameters()))


def test_a_kernel_keeps_its_length_and_each_group_of_it_is_a_matrix() -> None:
    torch.manual_seed(0)
    grouped = nn.Conv2d(8, 8, 3, groups=2, bias=False).to(memory_format=torch.channels_last)
    made = muon(nn.Sequential(nn.Conv2d(1, 8, 3, bias=False), grouped), parse({"lr": 0.1, "momentum": 0.5}))
    assert [group["blocks"] for group in made.param_groups] == [2, 0]
    before, gradient = grouped.weight.detach().clone(), torch.randn(8, 4, 3, 3)
    grouped.weight.grad = gradient
    made.step()
    step = orthogonal(gradient.reshape(2, 4, -1)).view(8, 4, 3, 3)
    torch.testing.assert_close(grouped.weight, before * 8**0.5 / before.norm() - 0.1 * step)


def test_the_rest_learns_as_torchs_sgd_does() -> None:
    torch.manual_seed(0)
    mine, theirs = nn.Parameter(torch.ones(5)), nn.Parameter(torch.ones(5))
    ours = Muon([{"params": [mine], "weight_decay": 0.01}], 0.1, 0.9)
    torchs = torch.optim.SGD([theirs], lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)
    for _ in range(4):
        mine.grad = torch.randn(5)
        theirs.grad = mine.grad.clone()
        ours.step()
        torchs.step()
    torch.testing.assert_close(mine, theirs)


def test_killed_and_resumed_equals_never_killed(tmp_path: Path) -> None:
    faces = tiny_faces()
    config = parse(
        {"optimizer": "muon", "epochs": 2, "batch": 32, "model_args": {"filters": 4}, "subset": 0.3, "lr": 0.05}
    )
    assert type(optim.optimizer(build("base-cnn", 7, 1), config)) is Muon
    whole = fit(config, faces, tmp_path / "whole")

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(config, faces, tmp_path / "killed", on_epoch=killed)
    resumed = fit(config, faces, tmp_path / "killed", resumed=True)
    assert resumed.weights.read_bytes() == whole.weights.read_bytes()
    assert list(resumed.history()["train_loss"]) == list(whole.history()["train_loss"])
