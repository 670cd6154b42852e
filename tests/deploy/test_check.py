"""An exported file is written only where it answers as PyTorch does."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ferkit.deploy.check import agreeing
from ferkit.deploy.formats import FORMATS
from ferkit.errors import RunError

IMAGES = np.zeros((2, 4, 4), np.uint8)


class Network:
    """Gives the same outputs whatever it is shown."""

    def __init__(self, **outputs: np.ndarray) -> None:
        self.outputs = tuple(outputs)
        self.values = [torch.from_numpy(value) for value in outputs.values()]

    def __call__(self, images: torch.Tensor) -> list[torch.Tensor]:
        return self.values


def check(wanted: np.ndarray, got: np.ndarray, name: str = "onnx") -> float:
    run: Any = SimpleNamespace(name="mine")
    session: Any = lambda images: {"logits": got}  # noqa: E731
    network: Any = Network(logits=wanted)
    return agreeing(run, FORMATS[name], session, network, IMAGES)


@pytest.mark.parametrize(("largest", "off"), [(1.0, 9e-5), (10.0, 9e-5), (40.0, 3e-4)])
def test_a_ten_thousandth_is_allowed_and_a_hundred_thousandth_of_large_values(largest: float, off: float) -> None:
    wanted = np.array([[0.0, largest]])
    assert check(wanted, wanted + off) == pytest.approx(off)
    with pytest.raises(RunError, match=r"mine as onnx differs from PyTorch by .* in logits"):
        check(wanted, wanted + 2 * off)


def test_a_format_that_rounds_may_differ_but_not_be_infinite() -> None:
    wanted = np.array([[0.0, 1.0]])
    assert check(wanted, wanted + 0.3, "int8") == pytest.approx(0.3)
    with pytest.raises(RunError, match="not finite"):
        check(wanted, wanted + np.inf, "int8")
