"""CUDA graphs: only on a GPU, and the same steps there."""

import pytest
import torch

from ferkit.models import build
from ferkit.train.config import parse
from ferkit.train.graphs import graphed

GRAPHS = parse({"cuda_graphs": True, "batch": 8})


def test_a_cpu_runs_the_model_itself() -> None:
    model = build("lenet", 3, 1)
    assert graphed(model, GRAPHS, torch.device("cpu"), 1) is model


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("shape", [(8, 1, 48, 48), (8, 1, 32, 32), (5, 1, 48, 48)])
def test_replayed_gradients_are_the_model_s_own(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    model = build("compact-resnet", 3, 1, dropout=0.0).cuda().train()
    replayed = graphed(model, GRAPHS, torch.device("cuda"), 1)
    state = {k: v.clone() for k, v in model.state_dict().items()}
    for _ in range(2):  # captured, then replayed
        x = torch.randn(shape, device="cuda")
        results = []
        for call in (replayed, model):
            model.load_state_dict(state)
            model.zero_grad()
            logits = call(x)
            logits.square().sum().backward()
            results.append([logits.detach().clone(), *(p.grad.clone() for p in model.parameters())])
        for a, b in zip(*results, strict=True):
            assert (a - b).norm() <= 0.01 * b.norm() + 1e-6
