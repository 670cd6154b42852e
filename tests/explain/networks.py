"""Networks to explain."""

import torch
from torch import Tensor, nn

from ferkit.models import Network, build
from ferkit.models.vit import ViT

__all__ = ["KINDS", "Cue", "Pixelwise", "cue_faces", "cue_transformer", "made", "shaken"]

KINDS: dict[str, tuple[str, dict]] = {
    "base-cnn": ("base-cnn", {"depth": 2, "filters": 4}),
    "compact-resnet": ("compact-resnet", {"widths": [8, 12], "blocks": [1, 1], "stem": 4}),
    "compact-mobilenetv2": (
        "compact-mobilenetv2",
        {"widths": [8, 8], "blocks": [1, 1], "stem": 4, "last": 8, "expand": 2},
    ),
    "lenet": ("lenet", {}),
    "vit": ("vit", {"width": 16, "depth": 2, "heads": 2}),
    "timm-vit": (
        "timm:vit_tiny_patch16_224",
        {"options": {"img_size": 32, "patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 2}},
    ),
    "hf-vit": (
        "hf:vit",
        {
            "config": {
                "hidden_size": 24,
                "num_hidden_layers": 2,
                "num_attention_heads": 2,
                "intermediate_size": 32,
                "image_size": 32,
                "patch_size": 8,
            }
        },
    ),
    "hf-resnet": ("hf:resnet", {"config": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1]}}),
    "ensemble": (
        "ensemble",
        {
            "members": [
                {"name": "base-cnn", "args": {"depth": 2, "filters": 4}, "side": 28, "temperature": 1.5},
                {"name": "lenet", "args": {}, "side": 32, "temperature": 1.0},
            ],
            "weights": [0.4, 0.6],
        },
    ),
}


def made(kind: str) -> Network:
    """A network of that kind for four classes and gray faces of 32 pixels, in eval mode."""
    name, args = KINDS[kind]
    torch.manual_seed(1)
    return shaken(build(name, 4, 1, **args))


def shaken(model: Network) -> Network:
    """`model` in eval mode, its norms and placed means given something to do."""
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None and module.running_var is not None:
            module.running_mean.copy_(torch.randn(module.running_mean.shape, generator=generator) / 10)
            module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) + 0.5)
        if type(module).__name__ == "PlacedMean":
            weight = module.weight
            assert isinstance(weight, nn.Parameter)
            weight.data.copy_(torch.rand(weight.shape, generator=generator))
    return model.eval()


class Pixelwise(Network):
    """1x1 convolutions, a pooling and a global average: a mirrored face gives mirrored maps."""

    def __init__(self) -> None:
        super().__init__(6, 3)
        self.body = nn.Sequential(
            nn.Conv2d(1, 5, 1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(5, 5, 1), nn.ReLU(), nn.AvgPool2d(2),
            nn.Conv2d(5, 6, 1), nn.Sigmoid(),
        )  # fmt: skip

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)


class Cue(Network):
    """Reads one planted cue and nothing else: class 1 where something is bright, class 2 where something is dark, else
    class 0. Channel 3 is there in every face, and says nothing."""

    def __init__(self) -> None:
        super().__init__(4, 3)
        bright = nn.Conv2d(1, 4, 1)
        fine = nn.Conv2d(4, 4, 1, bias=False)
        self.body = nn.Sequential(bright, nn.ReLU(), nn.AvgPool2d(2), fine, nn.ReLU(), nn.AvgPool2d(2))
        with torch.no_grad():
            bright.weight.copy_(torch.tensor([1.0, -1.0, 0.0, 0.1]).view(4, 1, 1, 1))
            bright.bias.copy_(torch.tensor([-1.0, -1.0, 0.0, 1.0]))
            fine.weight.copy_(torch.eye(4).view(4, 4, 1, 1))
            self.head.weight.copy_(torch.tensor([[-20.0, -20, 0, 0], [40, 0, 0, 0], [0, 40, 0, 0]]))
            self.head.bias.copy_(torch.tensor([1.0, 0.0, 0.0]))

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)


def cue_transformer() -> ViT:
    """The bright cue, class 1, read by one layer of attention that looks at bright patches."""
    model = ViT(3, 1, patch=8, width=4, depth=1, heads=1, mlp=1, dropout=0.0).eval()
    along = torch.tensor([1.0, -1.0, 1.0, -1.0])
    layer = model.body.encoder.layers[0]
    with torch.no_grad():
        for parameter in (*layer.self_attn.parameters(), *layer.linear2.parameters()):
            parameter.zero_()
        model.body.patches.weight.copy_(along.view(4, 1, 1, 1).expand(4, 1, 8, 8))
        model.body.patches.bias.copy_(-50 * along)
        layer.self_attn.in_proj_bias[:4] = along * 10  # every query looks for brightness
        layer.self_attn.in_proj_weight[4:8] = torch.eye(4) * 10
        layer.self_attn.in_proj_weight[8:] = torch.eye(4)
        layer.self_attn.out_proj.weight.copy_(torch.eye(4))
        model.head.weight.copy_(torch.stack([-along, along, along * 0]))
        model.head.bias.zero_()
    return model


def cue_faces(n: int = 6, side: int = 32) -> tuple[Tensor, Tensor, Tensor]:
    """Noise with a bright or a dark square of 8 pixels away from the middle: faces (n, 1, side, side), classes (n,),
    and where the square is, bool (n, side, side)."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(n, 1, side, side, generator=generator) * 0.2
    where = torch.zeros(n, side, side, dtype=torch.bool)
    corners = [(0, 0), (0, side - 8), (side - 8, 0), (side - 8, side - 8), (0, 16), (side - 8, 16)]
    target = torch.arange(n) % 2 + 1
    for i in range(n):
        top, left = corners[i % len(corners)]
        where[i, top : top + 8, left : left + 8] = True
        x[i, 0, top : top + 8, left : left + 8] += 3.0 if target[i] == 1 else -3.0
    return x, target, where
