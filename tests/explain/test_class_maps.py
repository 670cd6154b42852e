"""All classes at once: against captum, pytorch-grad-cam and the logits themselves, for every network."""

import copy

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

from ferkit.explain.class_maps import class_maps, ends_in_average, of_pass
from ferkit.explain.gradcam import forward, gradcam
from ferkit.models import MODELS, Network, build
from tests.explain.networks import shaken
from tests.threads import together

VARIANTS = {
    **{name: (name, {}) for name in MODELS},
    "gem": ("compact-resnet", {"widths": [8, 12], "blocks": [1, 1], "pooling": "gem"}),
    "placed": ("compact-resnet", {"widths": [8, 12], "blocks": [1, 1], "pooling": "placed", "places": 5}),
    "mirrored": ("compact-resnet", {"stem": 8, "widths": [8, 12], "blocks": [1, 1], "mirrored": True}),
    "flat": ("base-cnn", {"depth": 2, "filters": 4, "pooling": "flat", "hidden": 16}),
    "ensemble": (
        "ensemble",
        {
            "members": [
                {"name": "base-cnn", "args": {"depth": 2, "filters": 4}, "side": 16, "temperature": 1.5},
                {"name": "lenet", "args": {}, "side": 20, "temperature": 1.0},
            ],
            "weights": [0.4, 0.6],
        },
    ),
}


@pytest.fixture(params=VARIANTS)
def model(request: pytest.FixtureRequest) -> Network:
    name, args = VARIANTS[request.param]
    torch.manual_seed(1)
    return shaken(build(name, 4, 1, **args))


@pytest.fixture
def x() -> Tensor:
    return torch.randn(6, 1, 20, 20, generator=torch.Generator().manual_seed(2))


def normalised(heat: Tensor) -> Tensor:
    return heat / heat.amax((1, 2), keepdim=True).clamp(min=1e-12)


def test_every_class_as_grad_cam_has_it(model: Network, x: Tensor) -> None:
    heat = class_maps(model, x).heat
    for c in range(4):
        torch.testing.assert_close(heat[:, c], gradcam(model, x, torch.full((6,), c)), rtol=1e-4, atol=1e-4)


def test_every_class_as_captum_has_it(model: Network, x: Tensor) -> None:
    if not hasattr(model, "body"):
        pytest.skip("an ensemble has no single layer for captum")
    heat = class_maps(model, x).heat
    for c in range(4):
        theirs = LayerGradCam(model, model.get_submodule("body")).attribute(x, target=c, relu_attributions=True)
        torch.testing.assert_close(heat[:, c], normalised(theirs[:, 0].detach()), rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ["compact-resnet", "base-cnn", "lenet", "vit"])
def test_every_class_as_pytorch_grad_cam_has_it(name: str, x: Tensor) -> None:
    grad_cam = pytest.importorskip("pytorch_grad_cam")
    from pytorch_grad_cam.utils.image import scale_cam_image
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    torch.manual_seed(1)
    model = shaken(build(name, 4, 1))
    evidence = class_maps(model, x).evidence.relu()
    ours = (evidence / evidence.shape[2] / evidence.shape[3]).numpy()  # in their units
    theirs = copy.deepcopy(model)
    with grad_cam.GradCAM(model=theirs, target_layers=[theirs.get_submodule("body")]) as method:
        for c in range(4):
            expected = method(x.clone(), [ClassifierOutputTarget(c)] * len(x))
            scaled = scale_cam_image(scale_cam_image(ours[:, c], (20, 20)))
            np.testing.assert_allclose(scaled, expected, atol=1e-4)


def test_the_mean_of_a_map_is_the_logit_without_its_bias(x: Tensor) -> None:
    model = shaken(build("compact-resnet", 4, 1, widths=[8, 12], blocks=[1, 1]))
    found = class_maps(model, x)
    torch.testing.assert_close(found.evidence.mean((2, 3)) + model.head.bias, found.logits)
    torch.testing.assert_close(found.logits, model(x))
    torch.testing.assert_close(found.features, model.pool(model.maps(x)))


def test_one_forward_agrees_with_gradients(x: Tensor) -> None:
    model = shaken(build("compact-resnet", 4, 1, widths=[8, 12], blocks=[1, 1]))
    torch.testing.assert_close(class_maps(model, x).evidence, of_pass(forward(model, x)).evidence)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("compact-resnet", True), ("vit", True), ("mirrored", True)]
    + [(kind, False) for kind in ("gem", "flat", "lenet", "ensemble")],
)
def test_a_global_average_is_recognised(kind: str, expected: bool, x: Tensor) -> None:
    name, args = VARIANTS[kind]
    model = shaken(build(name, 4, 1, **args))
    with torch.inference_mode():
        assert ends_in_average(model, model.maps(x)) is expected


def test_nothing_is_left_behind(model: Network, x: Tensor) -> None:
    model.train()
    with torch.no_grad():
        found = class_maps(model, x)
    assert not found.evidence.requires_grad
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks for module in model.modules())
    assert all(p.grad is None for p in model.parameters())


def test_an_exception_leaves_modes_as_they_were(x: Tensor) -> None:
    model = build("base-cnn", 4, 1, depth=2, filters=4).train()
    with pytest.raises(RuntimeError):
        class_maps(model, x[:, :, :, :0])
    assert all(module.training for module in model.modules())


def test_a_mirrored_face_gives_mirrored_maps(x: Tensor) -> None:
    class Pixelwise(Network):
        def __init__(self) -> None:
            super().__init__(6, 3)
            self.body = nn.Sequential(nn.Conv2d(1, 5, 1), nn.ReLU(), nn.Conv2d(5, 6, 1), nn.ReLU())

        def maps(self, x: Tensor) -> Tensor:
            return self.body(x)

    torch.manual_seed(0)
    model = Pixelwise().eval()
    found = class_maps(model, x).evidence
    assert found.std() > 0
    torch.testing.assert_close(class_maps(model, x.flip(3)).evidence, found.flip(3))


def test_threads_share_a_model(x: Tensor) -> None:
    for name, args in (VARIANTS["gem"], ("compact-resnet", {"widths": [8], "blocks": [1]})):
        model = shaken(build(name, 4, 1, **args))
        expected = class_maps(model, x).evidence
        wrong = together(
            lambda m=model, e=expected: [
                i for i in range(160) if not torch.allclose(class_maps(m, x).evidence, e, atol=1e-5)
            ]
        )
        assert wrong == []
