"""What training looks like on a terminal: a live line, and one lasting line per epoch."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ferkit.train.epoch import Step
from ferkit.train.loop import Epoch

__all__ = ["TrainingLine"]


class TrainingLine:
    """Epoch, loss, val accuracy, macro-F1, images/s and time left; hand `step` and `epoch` to `fit`."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(24),
            TextColumn("{task.fields[text]}"),
            TimeRemainingColumn(),
        )
        self.console, self.bar = (
            console,
            Progress(*columns, console=console, transient=True, disable=not console.is_terminal),
        )
        self.task = self.bar.add_task("train", total=None, epoch="1", text="")
        self.began, self.seen, self.first, self.last = time.perf_counter(), 0, 0, ""

    def __enter__(self) -> "TrainingLine":
        self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.stop()

    def step(self, step: Step) -> None:
        """After each batch."""
        at = (step.epoch - 1) * step.total + step.done
        if not self.seen:
            self.first, self.began = at, time.perf_counter()
        self.seen = at
        rate = (at - self.first) / max(1e-9, time.perf_counter() - self.began)
        text = f"loss {step.loss:.3f} · {self.last}{rate:,.0f} images/s ·"
        self.bar.update(
            self.task, completed=at, total=step.epochs * step.total, epoch=f"{step.epoch}/{step.epochs}", text=text
        )

    def epoch(self, row: Epoch) -> None:
        """After each epoch."""
        self.last = f"val {row.val_accuracy:.1%} macro-F1 {row.val_macro_f1:.3f} · "
        self.console.print(
            f"epoch {row.epoch:3d}  loss {row.train_loss:.3f}  train {row.train_accuracy:.1%}  val "
            f"{row.val_accuracy:.2%}  "
            f"macro-F1 {row.val_macro_f1:.3f}  lr {row.lr:.4f}  {row.images_per_second:,.0f} images/s  "
            f"{row.seconds:.0f} s",
            highlight=False,
            soft_wrap=True,
        )
