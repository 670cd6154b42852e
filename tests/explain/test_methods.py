"""Every method on every kind of network: what it leaves behind, what it names, what threads may do."""

import inspect

import pytest
import torch
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.explain.method import Method, problem_of
from ferkit.explain.methods import METHODS
from ferkit.models import Network
from tests.explain.networks import KINDS, Pixelwise, made
from tests.threads import together

TARGET = torch.tensor([0, 1, 2])
QUICK: dict[str, dict] = {
    "kernelshap": {"samples": 16},
    "contrast": {"steps": 1},
    "contrast-hiding": {"across": 4},
    "smoothgrad": {"pairs": 1},
    "integrated-gradients": {"steps": 3},
    "occlusion": {"share": 0.5},
    "scorecam": {"channels": 4},
}


@pytest.fixture
def x() -> Tensor:
    return torch.randn(3, 1, 32, 32, generator=torch.Generator().manual_seed(2))


@pytest.fixture
def reference() -> Tensor:
    return torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(4)) / 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_method_explains_what_it_supports(kind: str, x: Tensor, reference: Tensor) -> None:
    model = made(kind).requires_grad_(True).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    for name, method in METHODS.items():
        if not method.supports(model):
            with pytest.raises(ConfigError, match="does not support"):
                method.maps(model, x, TARGET, reference)
            continue
        found = method.maps(model, x, TARGET, reference, **QUICK.get(name, {}))
        assert found.maps.shape[0] == 3 and found.maps.shape[1] == found.maps.shape[2] > 1, name
        assert found.maps.isfinite().all() and not found.maps.requires_grad, name
        assert method.signed or found.maps.min() >= 0, name
        peaks = found.maps.abs().amax((1, 2))
        torch.testing.assert_close(peaks, found.drawable.float(), msg=name)
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert all(p.requires_grad and p.grad is None for p in model.parameters())
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_rollout_supports_transformers_alone() -> None:
    rollout = METHODS["attention-rollout"]
    supported = {kind for kind in KINDS if rollout.supports(made(kind))}
    assert supported == {"vit", "timm-vit", "hf-vit"}


@pytest.mark.parametrize("kind", ["vit", "timm-vit", "hf-vit"])
def test_a_row_of_attention_sums_to_one(kind: str, x: Tensor) -> None:
    from ferkit.explain.methods.attention_rollout import attentions
    from ferkit.explain.replica import replica

    layers, places = attentions(replica(made(kind)), x)
    assert len(layers) == 2
    for layer in layers:
        assert layer.shape[:2] == (3, 2) and layer.shape[3] >= places
        torch.testing.assert_close(layer.sum(3), torch.ones(layer.shape[:3]))


@pytest.mark.parametrize("name", [name for name in METHODS if name != "attention-rollout"])
def test_a_mirrored_face_gives_a_mirrored_map(name: str, x: Tensor, reference: Tensor) -> None:
    torch.manual_seed(0)
    model = Pixelwise().eval()
    reference = (reference + reference.flip(3)) / 2
    found = METHODS[name].maps(model, x, TARGET, reference)
    mirrored = METHODS[name].maps(model, x.flip(3), TARGET, reference)
    assert found.problems == mirrored.problems
    assert found.drawable.any() or name == "gradcam"
    torch.testing.assert_close(mirrored.maps, found.maps.flip(2), rtol=1e-3, atol=3e-3)


class Breaks(Pixelwise):
    """Fails in the middle of a pass."""

    def pool(self, maps: Tensor) -> Tensor:
        raise RuntimeError("broken on purpose")


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ("attention-rollout", "eigencam")])
def test_an_exception_leaves_everything_as_it_was(name: str, x: Tensor) -> None:
    model = Breaks().train()
    model.body[1].eval()
    modes = [module.training for module in model.modules()]
    with torch.no_grad(), pytest.raises(RuntimeError, match="on purpose"):
        METHODS[name].maps(model, x, TARGET)
    assert [module.training for module in model.modules()] == modes
    assert not any(module._forward_hooks for module in model.modules())
    assert all(p.requires_grad and p.grad is None for p in model.parameters())
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("name", METHODS)
def test_the_mode_of_the_caller_does_not_matter(name: str, x: Tensor) -> None:
    model, method, quick = made("vit"), METHODS[name], QUICK.get(name, {})
    expected = method.maps(model, x, TARGET, **quick).maps
    with torch.inference_mode():
        torch.testing.assert_close(method.maps(model, x.clone(), TARGET, **quick).maps, expected)


def test_a_face_does_not_depend_on_its_company(x: Tensor, reference: Tensor) -> None:
    model = made("compact-resnet")
    for name, method in METHODS.items():
        if method.supports(model):
            quick = QUICK.get(name, {})
            alone = method.maps(model, x[1:2], TARGET[1:2], reference, **quick).maps
            torch.testing.assert_close(
                alone, method.maps(model, x, TARGET, reference, **quick).maps[1:2], rtol=1e-3, atol=1e-3, msg=name
            )


def test_four_threads_and_640_maps(x: Tensor, reference: Tensor) -> None:
    model = made("compact-resnet")
    usable = {name: method for name, method in METHODS.items() if method.supports(model)}
    expected = {n: m.maps(model, x, TARGET, reference, **QUICK.get(n, {})).maps for n, m in usable.items()}

    def work() -> list[object]:
        wrong: list[object] = []
        for i in range(160):
            name = list(usable)[i % len(usable)]
            found = usable[name].maps(model, x[:1], TARGET[:1], reference, **QUICK.get(name, {}))
            if not torch.allclose(found.maps, expected[name][:1], atol=1e-3):
                wrong.append(name)
        return wrong

    assert together(work) == []


class Dead(Network):
    """The same logits for every face."""

    def __init__(self, value: float) -> None:
        super().__init__(2, 3)
        self.body = nn.Sequential(nn.Conv2d(1, 2, 1), nn.AvgPool2d(2))
        for parameter in self.parameters():
            nn.init.constant_(parameter, value)

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)


@pytest.mark.parametrize("name", [name for name in METHODS if name != "attention-rollout"])
def test_a_map_without_a_statement_is_named(name: str, x: Tensor) -> None:
    found = METHODS[name].maps(Dead(0.0).eval(), x, TARGET, **QUICK.get(name, {}))
    assert set(found.problems) <= {"zero everywhere", "the same everywhere"}
    assert not found.maps.any() and not found.drawable.any()


def test_what_is_not_finite_is_named(x: Tensor) -> None:
    found = METHODS["gradcam"].maps(Dead(float("nan")).eval(), x, TARGET)
    assert found.problems == ("not finite",) * 3
    assert not found.maps.any()


def test_problems_by_hand() -> None:
    assert problem_of(torch.tensor([[0.0, 1.0]])) == ""
    assert problem_of(torch.zeros(2, 2)) == "zero everywhere"
    assert problem_of(torch.full((2, 2), -3.0)) == "the same everywhere"
    assert problem_of(torch.tensor([[float("inf"), 1.0]])) == "not finite"


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
def test_a_method_declares_what_it_takes(method: Method, x: Tensor) -> None:
    assert METHODS[method.name] is method
    assert method.says.endswith(".") and method.paper.startswith(("arXiv:", "doi:"))
    assert inspect.getdoc(inspect.getmodule(method.explain))
    for parameter in method.parameters:
        assert parameter.low <= parameter.default <= parameter.high and parameter.says.endswith(".")
        with pytest.raises(ConfigError, match=f"{parameter.name} of .* from"):
            method.settings({parameter.name: parameter.high + 1})
        with pytest.raises(ConfigError, match="number"):
            method.settings({parameter.name: "3"})
    with pytest.raises(ConfigError, match="has no parameter 'other'"):
        method.settings({"other": 1})


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("network", ["compact-resnet", "vit"])
def test_all_classes_at_once_are_those_one_by_one(name: str, network: str, x: Tensor, reference: Tensor) -> None:
    model, method, quick = made(network), METHODS[name], QUICK.get(name, {})
    if not method.supports(model):
        return
    at_once = method.all_classes(model, x[:1], reference, **quick)
    alone = method.maps(model, x[:1].expand(4, -1, -1, -1), torch.arange(4), reference, **quick)
    torch.testing.assert_close(at_once.maps, alone.maps, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(at_once.peaks, alone.peaks, rtol=1e-3, atol=1e-6)
    assert at_once.problems == alone.problems
