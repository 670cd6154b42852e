"""A small vision transformer for faces of any size, trained from scratch.

Dosovitskiy et al. 2021, An Image is Worth 16x16 Words, arXiv:2010.11929; with fixed sine-cosine positions and an
average over the tokens, as in Beyer et al. 2022, Better Plain ViT Baselines for ImageNet-1k, arXiv:2205.01580.
"""

from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.arguments import Depth, Share, Width
from ferkit.models.network import Network

__all__ = ["ViT"]


class ViT(Network):
    """Patches, `depth` pre-norm encoder layers, a norm; the tokens in their places are the maps.

    Raises ConfigError for a width that does not fit.
    """

    paper = "arXiv:2010.11929"

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        patch: Annotated[int, Field(ge=1, le=64)] = 4,  # pixels per side
        width: Width = 128,  # of a token; a multiple of 4 and of heads
        depth: Depth = 6,
        heads: Annotated[int, Field(ge=1, le=64)] = 4,
        mlp: Annotated[int, Field(ge=1, le=16)] = 2,  # hidden width of a layer's perceptron, times width
        dropout: Share = 0.1,
    ) -> None:
        if width % heads or width % 4:
            raise ConfigError(
                f"vit's width must be a multiple of 4 and of its heads; got width {width}, {heads} heads."
            )
        super().__init__(width, classes, dropout)
        layer = nn.TransformerEncoderLayer(
            width, heads, mlp * width, dropout, "gelu", batch_first=True, norm_first=True
        )
        encoder = nn.TransformerEncoder(layer, depth, nn.LayerNorm(width), enable_nested_tensor=False)
        self.body = Tokens(nn.Conv2d(channels, width, patch, patch), encoder)

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)  # type: ignore[no-any-return]


class Tokens(nn.Module):
    """(B, C, H, W) -> the encoded patches in their places, (B, D, H / patch, W / patch)."""

    def __init__(self, patches: nn.Conv2d, encoder: nn.TransformerEncoder) -> None:
        super().__init__()
        self.patches, self.encoder = patches, encoder

    def forward(self, x: Tensor) -> Tensor:
        patches = self.patches(x)
        height, width = patches.shape[2:]
        tokens = patches.flatten(2).transpose(1, 2)  # (B, h w, D)
        tokens = self.encoder(tokens + positions(height, width, tokens.shape[2]).to(tokens))
        return tokens.transpose(1, 2).unflatten(2, (height, width))


def positions(height: int, width: int, features: int) -> Tensor:
    """Sines and cosines of rows and columns at features / 4 frequencies, float32 (height width, features)."""
    frequencies = 10_000 ** -(torch.arange(features // 4) / (features // 4))
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    angles = [place.flatten()[:, None] * frequencies for place in (rows, columns)]
    return torch.cat([wave for angle in angles for wave in (angle.sin(), angle.cos())], 1)
