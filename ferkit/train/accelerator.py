"""One process or many: Accelerate gives each its device and averages the gradients of all. One CPU or one GPU needs no
option:

    $ python -m ferkit train --recipe compact-resnet --data fer2013
    $ accelerate launch --num_processes 4 -m ferkit train --recipe compact-resnet --data fer2013  # four GPUs
    $ torchrun --standalone --nproc_per_node 2 -m ferkit train --recipe compact-resnet --data fer2013  # two processes

`batch` stays what the config says: each process takes its share of every batch. Only the first one validates and
writes.
"""

from collections.abc import Callable
from typing import Any

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs, PartialState
from torch import Tensor

from ferkit.train.config import TrainConfig

__all__ = ["make_accelerator", "precision", "processes", "share"]


def processes() -> PartialState:
    """The processes that train together, this one among them."""
    return PartialState(cpu=not torch.cuda.is_available())


def make_accelerator(config: TrainConfig) -> Accelerator:
    """This process's device and its part in the averaging of gradients. The config chooses the precision."""
    unused = DistributedDataParallelKwargs(find_unused_parameters=config.freeze_epochs > 0)
    return Accelerator(cpu=not torch.cuda.is_available(), mixed_precision="no", kwargs_handlers=[unused])


def share(rows: Tensor, accelerator: Accelerator) -> Tensor:
    """This process's rows of a batch, none for any where there are fewer rows than processes."""
    return (
        rows[accelerator.process_index :: accelerator.num_processes]
        if len(rows) >= accelerator.num_processes
        else rows[:0]
    )


def precision(config: TrainConfig, device: torch.device) -> Callable[[], Any]:
    """bfloat16 autocast where the hardware multiplies it, when the config leaves the choice; float32 otherwise."""
    fast = (
        torch.cuda.is_bf16_supported()
        if device.type == "cuda"
        else torch.cpu.get_capabilities().get("avx512_bf16", False)
    )
    use = config.precision == "bfloat16" or (config.precision == "auto" and fast)
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=use)
