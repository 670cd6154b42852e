"""A network that reads one planted cue: every method finds it, and what knows nothing of the network is less
faithful."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.faithfulness import BASELINES, faithfulness
from ferkit.explain.methods import METHODS
from tests.explain.networks import Cue, cue_faces, cue_transformer


def inside(maps: Tensor, where: Tensor) -> Tensor:
    """The share of each map's evidence that lies in the square, the square grown by what the map is coarser."""
    grown = F.interpolate(maps[:, None].relu(), where.shape[1:], mode="nearest")[:, 0]
    reach = F.max_pool2d(where[:, None].float(), 9, 1, 4)[:, 0] > 0
    return (grown * reach).sum((1, 2)) / grown.sum((1, 2))


@pytest.mark.parametrize("name", [name for name in METHODS if name != "attention-rollout"])
def test_every_method_finds_the_cue(name: str) -> None:
    x, target, where = cue_faces()
    model = Cue().eval()
    assert torch.equal(model(x).argmax(1), target)
    found = METHODS[name].maps(model, x, target)
    assert found.drawable.all()
    grown = F.interpolate(found.maps[:, None], x.shape[2:], mode="nearest")[:, 0]
    peaks = grown.flatten(1).argmax(1)
    assert where.flatten(1)[torch.arange(len(x)), peaks].all()
    assert inside(found.maps, where).min() > (0.1 if name == "scorecam" else 0.5)  # which never gives a weight of 0


@pytest.mark.parametrize("name", [name for name in METHODS if name != "attention-rollout"])
def test_baselines_are_less_faithful(name: str) -> None:
    x, target, _ = cue_faces()
    model, reference = Cue().eval(), torch.zeros(1, 1, 32, 32)
    found = faithfulness(model, x, target, METHODS[name].maps(model, x, target, reference).maps, reference)
    for baseline in BASELINES.values():
        other = faithfulness(model, x, target, baseline(len(x), 32), reference)
        assert found.deletion_auc.mean() < other.deletion_auc.mean()
        assert found.insertion_auc.mean() > other.insertion_auc.mean()
        assert found.score.min() > 0


def test_rollout_finds_what_attention_reads() -> None:
    x, target, where = cue_faces()
    x, where = x[target == 1], where[target == 1]
    maps = METHODS["attention-rollout"].maps(cue_transformer(), x, target[target == 1]).maps
    grown = F.interpolate(maps[:, None], x.shape[2:], mode="nearest")[:, 0]
    assert where.flatten(1)[torch.arange(len(x)), grown.flatten(1).argmax(1)].all()
