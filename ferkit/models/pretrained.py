"""What networks of other libraries share: kernels for other channels, tokens in their places, words for weights that
are not here."""

from torch import Tensor

from ferkit.errors import ConfigError

__all__ = ["absent", "for_channels", "placed"]


def for_channels(kernels: Tensor, wanted: int) -> Tensor:
    """Kernels (K, C, h, w) for another number of channels. For one they are summed: a gray face gives the same result
    as when repeated in all C channels."""
    return (
        kernels
        if wanted == kernels.shape[1]
        else kernels.sum(1, keepdim=True).expand(-1, wanted, -1, -1).clone() / wanted
    )


def placed(tokens: Tensor, name: str) -> Tensor:
    """Tokens (B, N, D), row by row -> maps (B, D, side, side). Raises ConfigError for N that form no square."""
    side = round(tokens.shape[1] ** 0.5)
    if side**2 != tokens.shape[1]:
        raise ConfigError(
            f"{name}'s {tokens.shape[1]} tokens form no square, so its maps have no place. Choose another network."
        )
    return tokens.transpose(1, 2).unflatten(2, (side, side))  # type: ignore[no-any-return, no-untyped-call]


def absent(what: str, error: Exception, instead: str = "train from scratch: --set pretrained=false") -> ConfigError:
    """The error for what (with its verb) could not be had, and what can be done instead."""
    reason = " ".join(str(error).split())[:120]
    return ConfigError(f"{what} not here and cannot be downloaded ({reason}). Connect this machine once, or {instead}")
