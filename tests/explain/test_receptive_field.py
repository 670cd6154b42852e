"""What a unit sees, against where its gradient is not zero."""

import pytest
import torch
from torch import Tensor, nn

from ferkit.explain.receptive_field import Field, receptive_fields
from ferkit.models import Network, build

SIDE = 48
NETWORKS: dict[str, dict] = {
    "base-cnn": {"depth": 3, "filters": 4},
    "lenet": {},
    "compact-resnet": {"widths": [6, 8], "blocks": [2, 1], "stem": 4, "reduction": 0, "blur": True},
    "compact-mobilenetv2": {"stem": 4, "widths": [6, 8, 8], "blocks": [1, 2, 2], "last": 16},
}


class Seen(nn.Module):
    """A network cut off behind one of its modules."""

    def __init__(self, model: nn.Module, name: str) -> None:
        super().__init__()
        self.model, self.name = model, name

    def forward(self, x: Tensor) -> Tensor:
        kept: list[Tensor] = []
        handle = self.model.get_submodule(self.name).register_forward_hook(lambda m, i, output: kept.append(output))
        self.model(x)
        handle.remove()
        return kept[0]


def made(name: str, **args: object) -> Network:
    torch.manual_seed(0)
    model = build(name, 3, 1, **(NETWORKS.get(name, {}) | args)).eval().double()
    for module in model.modules():
        if isinstance(module, nn.ReLU | nn.ReLU6):
            module.forward = lambda x: x  # type: ignore[method-assign]  # every path carries a gradient
    return model


def box(model: nn.Module, name: str, place: int) -> tuple[int, int, int, int]:
    """Rows and columns between which the gradient of the units at one place of a module's maps is not zero."""
    seen = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    for seed in range(3):
        x = torch.rand(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed)).double().requires_grad_()
        out = Seen(model, name)(x)
        weights = torch.rand(out.shape[1], generator=torch.Generator().manual_seed(seed)).double()
        (gradient,) = torch.autograd.grad((out[0, :, place, place] * weights).sum(), x)
        seen |= gradient[0, 0] != 0
    rows, columns = seen.any(1).nonzero().flatten(), seen.any(0).nonzero().flatten()
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


@pytest.mark.parametrize("name", NETWORKS)
def test_every_convolution_sees_what_its_gradient_reaches(name: str) -> None:
    model = made(name)
    x = torch.rand(1, 1, SIDE, SIDE).double()
    fields = receptive_fields(model, x)
    layers = [key for key, module in model.named_modules() if isinstance(module, nn.Conv2d)]
    checked = 0
    for layer in [*layers[:4], *layers[-3:]]:
        found = fields[layer]
        assert found is not None, layer
        side = Seen(model, layer)(x).shape[2]
        if side < 2:
            continue
        for place in (0, side // 2):
            rows, columns = (field.at(place, SIDE) for field in found)
            assert box(model, layer, place) == (rows.start, rows.stop, columns.start, columns.stop), (layer, place)
            checked += 1
    assert checked > 5


def test_a_plain_stack_by_hand() -> None:
    stack = nn.Sequential(nn.Conv2d(1, 2, 3, 1, 1), nn.MaxPool2d(2), nn.Conv2d(2, 2, 3, 1, 1), nn.AvgPool2d(2, 2))
    fields = receptive_fields(stack, torch.zeros(1, 1, 16, 16))
    assert fields["0"] == (Field(-1, 2, 1),) * 2
    assert fields["1"] == (Field(-1, 3, 2),) * 2
    assert fields["2"] == (Field(-3, 5, 2),) * 2
    assert fields["3"] == (Field(-3, 7, 4),) * 2 and fields["3"][0].size == 10
    assert fields["3"][0].at(0, 16) == slice(0, 7) and fields["3"][0].at(3, 16) == slice(9, 16)


def test_channel_attention_is_left_out_and_tokens_see_everything() -> None:
    x = torch.rand(1, 1, SIDE, SIDE)
    plain = receptive_fields(made("compact-resnet").float(), x)
    attending = receptive_fields(made("compact-resnet", reduction=4).float(), x)
    assert {name: field for name, field in attending.items() if name in plain and "attend" not in name} == {
        name: field for name, field in plain.items() if "attend" not in name
    }
    vit = receptive_fields(build("vit", 3, 1, depth=1, width=16, heads=2).eval(), x)
    assert vit["body.patches"] == (Field(0, 4, 4),) * 2 and vit["body"] is None


def test_no_hook_is_left() -> None:
    model = made("base-cnn")
    receptive_fields(model, torch.rand(1, 1, SIDE, SIDE).double())
    with pytest.raises(RuntimeError):
        receptive_fields(model, torch.rand(1, 2, SIDE, SIDE).double())
    assert not any(module._forward_hooks for module in model.modules())
