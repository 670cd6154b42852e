"""Methods against captum, pytorch-grad-cam and exact values."""

import copy
import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from ferkit.explain.methods import METHODS
from ferkit.explain.methods.kernelshap import coalitions, shapley
from ferkit.models import Network
from tests.explain.networks import made

X = torch.randn(4, 1, 32, 32, generator=torch.Generator().manual_seed(2))
TARGET = torch.tensor([0, 1, 2, 3])


def peaked(maps: Tensor) -> Tensor:
    heat = maps.relu()
    return heat / heat.amax((1, 2), keepdim=True).clamp(min=1e-12)


@pytest.mark.parametrize("kind", ["compact-resnet", "lenet", "vit"])
@pytest.mark.parametrize(
    ("name", "theirs"),
    [("gradcam", "GradCAM"), ("gradcam++", "GradCAMPlusPlus"), ("hirescam", "HiResCAM"), ("layercam", "LayerCAM")],
)
def test_the_same_as_pytorch_grad_cam(kind: str, name: str, theirs: str) -> None:
    package = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.image import scale_cam_image
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model = made(kind)
    model.head.weight.data *= 1000  # a millionth that they add to a square of slopes then counts for nothing
    values = {"depths": 1} if name == "layercam" else {}
    ours = METHODS[name].maps(model, X, TARGET, **values).maps.relu().numpy()
    other = copy.deepcopy(model)
    with getattr(package, theirs)(model=other, target_layers=[other.get_submodule("body")]) as method:
        expected = method(X.clone(), [ClassifierOutputTarget(int(c)) for c in TARGET])
    ours = scale_cam_image(ours if name == "layercam" else scale_cam_image(ours, (32, 32)))  # the former is enlarged
    for mine, yours in zip(ours, expected, strict=True):
        if yours.max() > 0.5:
            np.testing.assert_allclose(mine, yours, atol=0.02 if name == "layercam" else 1e-3)


@pytest.mark.parametrize("kind", ["compact-resnet", "lenet"])
def test_slopes_times_maps_as_in_captum(kind: str) -> None:
    from captum.attr import LayerGradientXActivation

    model: Network = made(kind)
    theirs = LayerGradientXActivation(model, model.get_submodule("body")).attribute(X, target=TARGET).sum(1).detach()
    ours = METHODS["hirescam"].maps(model, X, TARGET).maps
    torch.testing.assert_close(ours, theirs / theirs.abs().amax((1, 2), keepdim=True), rtol=1e-3, atol=1e-4)


def test_shapley_values_are_exact_where_all_sets_are_seen() -> None:
    """Four squares, a score with interactions; the formula over all orders of them."""
    weights = torch.tensor([1.0, -2.0, 0.5, 3.0])

    def score(z: Tensor) -> Tensor:
        return z @ weights + 2 * z[:, 0] * z[:, 3] - z[:, 1] * z[:, 2]

    exact = torch.zeros(4)
    for order in itertools.permutations(range(4)):
        z = torch.zeros(1, 4)
        for square in order:
            before = score(z)
            z[0, square] = 1
            exact[square] += float(score(z) - before) / math.factorial(4)
    sets = torch.tensor(list(itertools.product([0.0, 1.0], repeat=4)))[1:-1]
    kernel = [round(12 * 3 / (math.comb(4, int(z.sum())) * z.sum() * (4 - z.sum())).item()) for z in sets]
    own = sets.repeat_interleave(torch.tensor(kernel), 0)
    values = shapley(own, score(own)[:, None], score(torch.zeros(1, 4)), score(torch.ones(1, 4)))[:, 0]
    torch.testing.assert_close(values, exact, rtol=1e-3, atol=1e-3)


def test_sets_come_with_complements_and_mirror_images() -> None:
    own = coalitions(3, 40, seed=1)
    assert own.shape == (40, 9) and own.sum(1).min() > 0 and own.sum(1).max() < 9
    rows = {tuple(row) for row in own.tolist()}
    assert {tuple(1 - value for value in row) for row in rows} == rows
    assert {tuple(np.array(row).reshape(3, 3)[:, ::-1].ravel()) for row in rows} == rows


def test_finer_maps_are_larger() -> None:
    model = made("compact-resnet")
    sizes = [METHODS["gradcam++"].maps(model, X, TARGET, finer=finer).maps.shape[1] for finer in range(3)]
    assert sizes == [8, 16, 16]
