"""Grad-CAM against an independent one, and what must hold of any heat map."""

import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

from ferkit.explain.gradcam import forward, gradcam, layers
from ferkit.models import MODELS, Network, build
from tests.threads import together


class Pixelwise(Network):
    """1x1 convolutions and a global average: blind to where a pixel is, so a mirrored input gives mirrored maps."""

    def __init__(self) -> None:
        super().__init__(6, 3)
        self.body = nn.Sequential(nn.Conv2d(1, 5, 1), nn.ReLU(), nn.Conv2d(5, 6, 1), nn.ReLU())

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Network:
    torch.manual_seed(1)
    network = build(request.param, 4, 1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # a norm that does something
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


@pytest.fixture
def x() -> Tensor:
    return torch.randn(6, 1, 20, 20, generator=torch.Generator().manual_seed(2))


TARGET = torch.tensor([0, 1, 2, 3, 0, 1])


def normalised(heat: Tensor) -> Tensor:
    return heat / heat.amax((1, 2), keepdim=True).clamp(min=1e-12)


def test_the_same_as_captum(model: Network, x: Tensor) -> None:
    for layer in (None, layers(model)[-1]):
        reference = LayerGradCam(model, model.get_submodule(layer or "body"))
        expected = reference.attribute(x, target=TARGET, relu_attributions=True)[:, 0].detach()
        torch.testing.assert_close(gradcam(model, x, TARGET, layer), normalised(expected), rtol=1e-3, atol=1e-4)


def test_without_a_hook_as_with_one(model: Network, x: Tensor) -> None:
    torch.testing.assert_close(gradcam(model, x, TARGET), gradcam(model, x, TARGET, "body"))


def test_range_and_peak(model: Network, x: Tensor) -> None:
    heat = gradcam(model, x, TARGET)
    assert heat.min() >= 0
    peaks = heat.amax((1, 2))
    assert ((peaks == 1) | (peaks == 0)).all()
    assert not heat.requires_grad


def test_a_face_does_not_depend_on_its_company(model: Network, x: Tensor) -> None:
    torch.testing.assert_close(
        gradcam(model, x[2:3], TARGET[2:3]), gradcam(model, x, TARGET)[2:3], rtol=1e-3, atol=1e-4
    )


def test_some_rows_as_in_all(model: Network, x: Tensor) -> None:
    rows = torch.tensor([4, 1])
    passed = forward(model, x)
    torch.testing.assert_close(passed.heat(TARGET, rows), passed.heat(TARGET)[rows])
    assert passed.heat(TARGET, rows[:0]).shape[0] == 0


def test_in_training_mode_and_without_gradients_all_the_same(model: Network, x: Tensor) -> None:
    expected = gradcam(model, x, TARGET)
    model.train()
    with torch.no_grad():
        assert torch.equal(gradcam(model, x, TARGET), expected)
    with torch.inference_mode():
        assert torch.equal(gradcam(model, x.clone(), TARGET), expected)
        assert gradcam(model, x.clone(), TARGET, layers(model)[0]).isfinite().all()
    assert model.training
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("layer", [None, "body.0"])
def test_a_mirrored_face_gives_a_mirrored_map(x: Tensor, layer: str | None) -> None:
    torch.manual_seed(0)
    model, target = Pixelwise().eval(), TARGET % 3
    heat = gradcam(model, x, target, layer)
    assert (heat.amax((1, 2)) > 0).any()
    torch.testing.assert_close(gradcam(model, x.flip(3), target, layer), heat.flip(2))


@pytest.mark.parametrize("layer", [None, "body.0"])
def test_a_dead_network_gives_zeros(x: Tensor, layer: str | None) -> None:
    model = Pixelwise().eval()
    for p in model.parameters():
        nn.init.zeros_(p)
    assert torch.equal(gradcam(model, x, TARGET % 3, layer), torch.zeros(6, 20, 20))


def test_heat_lies_where_the_evidence_is() -> None:
    model = Pixelwise().eval()
    for p in model.parameters():
        nn.init.ones_(p)
    face = torch.full((1, 1, 9, 9), -9.0)
    face[0, 0, 2, 6] = 5.0
    heat = gradcam(model, face, torch.tensor([0]), "body.1")[0]
    assert heat[2, 6] == 1
    assert heat.sum() == 1


def test_threads_share_a_model(x: Tensor) -> None:
    model = build("compact-mobilenetv2", 4, 1, widths=[8], blocks=[1], stem=4, last=8).eval()
    expected = gradcam(model, x, TARGET)
    wrong = together(
        lambda: [i for i in range(40) if not torch.allclose(gradcam(model, x, TARGET), expected, atol=1e-5)]
    )
    assert wrong == []
