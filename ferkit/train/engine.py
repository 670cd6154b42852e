"""One process or many: Accelerate gives each its device, and means the gradients of all. One CPU or one GPU needs
nothing said:

    $ python -m ferkit train --recipe compact --data fer2013
    $ accelerate launch --num_processes 4 -m ferkit train --recipe compact --data fer2013       # four GPUs, of one
    machine or of several
    $ torchrun --standalone --nproc_per_node 2 -m ferkit train --recipe compact --data fer2013  # two CPU processes

`batch` stays what the config says: each process takes its share of every batch. The first one alone validates and
writes.
"""

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs, PartialState
from torch import Tensor

from ferkit.train.config import TrainConfig

__all__ = ["engine", "processes", "share"]


def processes() -> PartialState:
    """The processes that train together, this one among them."""
    return PartialState(cpu=not torch.cuda.is_available())


def engine(config: TrainConfig) -> Accelerator:
    """Precision is the config's to choose, so Accelerate leaves it alone."""
    frozen = DistributedDataParallelKwargs(find_unused_parameters=config.freeze_epochs > 0)
    return Accelerator(cpu=not torch.cuda.is_available(), mixed_precision="no", kwargs_handlers=[frozen])


def share(rows: Tensor, engine: Accelerator) -> Tensor:
    """This process's rows of a batch, none for any where there are fewer rows than processes."""
    return rows[engine.process_index :: engine.num_processes] if len(rows) >= engine.num_processes else rows[:0]
