"""Forward and backward pass as CUDA graphs: a small network takes longer to launch its kernels than to run them.

Each shape of a full batch is captured once and replayed from then on (`torch.cuda.make_graphed_callables`).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ferkit.train.config import TrainConfig

__all__ = ["graphed"]


def graphed(model: nn.Module, config: TrainConfig, device: torch.device, processes: int) -> nn.Module:
    """The model, its passes replayed where the config asks for that and it is possible: on one GPU, with no layer
    frozen or perturbed between steps."""
    possible = device.type == "cuda" and processes == 1 and not config.freeze_epochs and not config.sam
    return _Graphed(model, config.batch) if config.cuda_graphs and possible else model


class _Graphed(nn.Module):
    """The model itself, for any faces: in training, full batches are replayed, others run as they are."""

    def __init__(self, model: nn.Module, batch: int) -> None:
        super().__init__()
        self.model, self.batch = model, batch
        self.captured: dict[torch.Size, Callable[[Tensor], Tensor]] = {}

    def forward(self, x: Tensor) -> Tensor:
        if len(x) != self.batch or not self.training:
            return self.model(x)  # type: ignore[no-any-return]
        if x.shape not in self.captured:
            self.captured[x.shape] = self._capture(x)
        return self.captured[x.shape](x)

    def _capture(self, x: Tensor) -> Callable[[Tensor], Tensor]:
        before = [(buffer, buffer.clone()) for buffer in self.model.buffers()]  # warming up moves norms' statistics
        torch.set_autocast_cache_enabled(False)  # or replays would read the weights as they were cast here
        torch.clear_autocast_cache()
        try:
            return torch.cuda.make_graphed_callables(_Call(self.model), (x.clone(),))  # type: ignore[return-value]
        finally:
            torch.set_autocast_cache_enabled(True)
            for buffer, value in before:
                buffer.copy_(value)


class _Call(nn.Module):
    """A module for each shape, since capturing replaces its `forward`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)  # type: ignore[no-any-return]
